#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# memory.sh CONFIG SERIES: what dynamic debug keeps in the booted kernel, what the
# machine has left, what everything switched on pins, and the image. With
# APPEND=initcall_blacklist=zs_init it is the kernel without its pool.
. "$(dirname "$0")/lib.sh"

# kmalloc BYTES: as its caches round them up
kmalloc()
{
	local size
	for size in 8 16 32 64 96 128 192 256; do
		[ "$1" -gt $size ] || { echo $size; return; }
	done
	die "struct ddebug_table has $1 bytes: teach $0"
}

start "$@"
cp "$top/guest/memory.sh" "$tmp/files/"
if grep -q '^CONFIG_ZSMALLOC=y' "$obj/.config"; then
	build_module "$obj" "$top/tests/pools" "$tmp/files"
fi
measure memory >"$tmp/figures"
cat "$tmp/figures"

# The compiler says what the table of a module takes: an array has that size.
mkdir "$tmp/table"
cp "$top/tests/bench/memory/table.c" "$tmp/table/"
touch "$tmp/table/Kbuild"
make -s -C "$obj" M="$tmp/table" table.o >"$tmp/table.log" 2>&1 ||
	die "cannot compile table.c: $(grep -m1 -E 'error|Error' "$tmp/table.log")"
bytes=$((0x$(nm -S "$tmp/table/table.o" | awk '$4 == "size_of_table" { print $2 }')))
echo "@ mem.table_bytes $(($(sed -n 's/^@ mem.tables //p' "$tmp/figures") * $(kmalloc "$bytes")))"

# what is loaded: sections with an address, and the first copy of each CPU's area
size -A "$obj/vmlinux" | tr '[:upper:]' '[:lower:]' |
	awk '$1 ~ /^[a-z0-9_.-]+$/ && $2 ~ /^[1-9][0-9]*$/ && ($3 > 0 || $1 == ".data..percpu") { print "@ image.section." $1, $2 }'
echo "@ image.vmlinux $(stat -c %s "$obj/vmlinux")"
arch_of "$config"
echo "@ image.bzimage $(stat -c %s "$obj/$image")"
