#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# alternatives.sh CONFIG SERIES: what else could have been done with the sites of dynamic
# debug; memory and instructions of each, on the kernel with or without the series (all or
# none): the latter has zsmalloc as it was. The data are the built-in sites of the patched
# kernel, for both. A site is five columns: module, function, file, format, line.
#
# Keys are alt.NAME.ITEM, alt.sites, how many sites there are, and alt.image.gzip, what they take
# in a compressed image.
#
# NAME is             which is
#   section           the section of the unpatched kernel, descriptors included; SERIES=none only
#   raw               what of that the columns take: four pointers, the line is beside flags
#   pool              an empty zsmalloc pool
#   object            a zsmalloc object for each site (40 bytes), and an array of handles
#   maple             a maple tree each for module, function and file, runs of equal values
#                     as ranges, by the index of a site; arrays of formats and lines
#   maple.module, maple.function, maple.file, maple.rest     each of these alone
#   lz4, zstd         sites (40 bytes each) compressed, each block filled until it has 1,016
#                     bytes, which is the size of the series' own blocks: with zsmalloc's
#                     handle four of them fill a page, no class holds blocks better; in a
#                     pool, with an array of handle, first site and size
#   lz4-4k, zstd-4k   the same in blocks of 4 KiB before compression, the last one shorter,
#                     all in the class of the largest
#   intervals         lists of intervals, 12 bytes each (pointer, first callsite), for module,
#                     function and file, compressed by zstd in blocks of 4 KiB, in a pool;
#                     arrays of formats and lines
#   fixed             a record of 12 bytes a site, and a table of files: no codec
#   packed-slab       the blocks of the series in slab, as without zsmalloc
#   packed-pool       the same in a pool, the last one in slab: what the series does by default
#   xz                xz -9e of the columns as distances: the limit, no way to keep them
# and NAME.names is the same with module, function and file only (24 bytes a site), but
# that the packed blocks then spend a byte a site to say that the format did not change.
# xz.nomodule is all but the module.
#
# ITEM is             which is
#   bytes             all memory: slab + pages
#   slab              bytes of objects in slab: measured, the mean of 32 copies, give or take
#                     200; of caches that a pool has for itself (SERIES=none) whole slabs
#   slabpages         cross-check: whole pages of slab that they took, the same mean; a
#                     little less where slabs had free objects before
#   pages             bytes in pages that are not slab's: those of the pool, and of arrays
#                     above a page, which are rounded up to pages
#   payload           bytes in blocks, as compressed
#   blocks            how many there are
#   workspace         bytes that it takes to unpack a block, in addition to .bytes: a buffer
#                     for LZ4, that and its context for zstd; not the code of either
#   lookup            instructions to copy out a site, mean of all sites in an order that is
#                     random, but the same each time; median of five rounds. That of raw is
#                     the cost of loop and call. Finding struct ddebug_sites is not in it.
#   spread            of these five rounds, largest less smallest: timer interrupts
. "$(dirname "$0")/lib.sh"

# lean leaves the compressors out
[ "${1:-}" != lean ] || set -- bench "${@:2}"
start "$@"
need_packages python3
patched=$("$top/scripts/kernel" "$config" all "${LINUX:-}" "$MODULES" | tail -n1)
src=$("$top/scripts/source" all "${LINUX:-}")

# section VMLINUX NAME: its bytes, from the symbols around it
section()
{
	local addr
	mapfile -t addr < <(nm "$1" | awk -v name="$2" '$3 == "__start_" name || $3 == "__stop_" name { print $1 }' | sort)
	echo $((0x${addr[1]} - 0x${addr[0]}))
}

mkdir "$tmp/alternatives"
python3 -B "$top/tests/bench/alternatives/sites.py" "$patched/vmlinux" "$tmp/files/sites" >"$tmp/keys"
cp "$top"/tests/bench/alternatives/{Makefile,main.c} "$src"/lib/dynamic_debug_codec.[ch] "$tmp/alternatives/"
sed -n '/^struct ddebug_\(block\|sites\) {/,/^}/p' \
	"$src"/lib/dynamic_debug_{internal.h,sites.c} >"$tmp/alternatives/packed.h"
build_module "$obj" "$tmp/alternatives" "$tmp/files"

count alternatives >"$tmp/figures"
cat "$tmp/keys"
sites=$(sed -n 's/^@ alt.sites //p' "$tmp/keys")
[ "$series" != none ] || echo "@ alt.section.bytes $(section "$obj/vmlinux" __dyndbg)"
echo "@ alt.raw.bytes $((32 * sites))"
echo "@ alt.raw.names.bytes $((24 * sites))"
cat "$tmp/figures"
