#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# memory.sh CONFIG SERIES: what dynamic debug keeps in the booted kernel, what the
# machine has left, what everything switched on pins; then what the kernel was built
# to. With APPEND=initcall_blacklist=zs_init it is the kernel without its pool.
#
# Keys beside those of guest/memory.sh:
#
#  code.KEY			as scripts/sections prints them
#  image.section.NAME		sections of vmlinux.o
#  image.vmlinux, .bzimage	the files
#  mem.pin.*			see memory/guest.sh
#  and of the lean kernel with SERIES=all, by which it differs from the unpatched one:
#  bloat.NAME			bytes of a function, by scripts/bloat-o-meter; not of init functions
#  lines.added, .code		lines added to lib/ and include/, without tests; of these, lines of code
. "$(dirname "$0")/lib.sh"

# functions OBJ: the symbols in its text but for those of init, as addresses and names
functions()
{
	nm "$1/vmlinux" | sort | awk '
		$3 == "_sinittext" { init = 1 }
		$3 == "_einittext" { init = 0 }
		$2 ~ /^[tTwW]$/ && !init { print $3 }'
}

start "$@"
need_packages python3
cp "$top/guest/memory.sh" "$tmp/files/"
# its 256 pools take 17 MB if unpatched: too much for small kernels, which have no pool
if [ "${config%small}" = "$config" ] && grep -q '^CONFIG_ZSMALLOC=y' "$obj/.config"; then
	build_module "$obj" "$top/tests/pools" "$tmp/files"
fi
measure memory

"$top/scripts/sections" "$obj" | sed 's/^/@ code./'
size -A "$obj/vmlinux.o" | tr '[:upper:]' '[:lower:]' |
	awk '$1 ~ /^[a-z0-9_.-]+$/ && $2 ~ /^[1-9][0-9]*$/ && $1 !~ /^\.(comment|debug|discard|export_symbol|gnu|modinfo|note)|^total$/ {
		print "@ image.section." $1, $2 }'
echo "@ image.vmlinux $(stat -c %s "$obj/vmlinux")"
echo "@ image.bzimage $(stat -c %s "$obj/$image")"
[ "$config $series" = "lean all" ] || exit 0

unpatched=$("$top/scripts/kernel" "$config" none "${LINUX:-}" "$MODULES" | tail -n1)
src=$("$top/scripts/source" all "${LINUX:-}")
functions "$unpatched" >"$tmp/functions"
functions "$obj" >>"$tmp/functions"
# it leaves numbers out of names: x.isra.0 is x.isra there
sed 's/\.[0-9][0-9]*//g' "$tmp/functions" | sort -u >"$tmp/names"
python3 "$src/scripts/bloat-o-meter" -t "$unpatched/vmlinux" "$obj/vmlinux" | awk '
	NR == FNR { is[$1]; next }
	$1 in is && $1 ~ /^[A-Za-z0-9_.]+$/ && $4 ~ /^[+-][0-9]+$/ { print "@ bloat." $1, $4 + 0 }' "$tmp/names" -
was=$("$top/scripts/source" none "${LINUX:-}")
for dir in lib include; do
	# it says with its status that they differ
	git diff --no-index -U0 "$was/$dir" "$src/$dir" || :
done | awk '
	/^\+\+\+ / { ours = $2 !~ /kunit|test[^\/]*$/; c = $2 ~ /\.[ch]$/; next }
	ours && /^\+/ { added++; code += c && !/^\+[ \t]*(\/?\*.*)?$/ }
	END { print "@ lines.added", added + 0; print "@ lines.code", code + 0 }'
