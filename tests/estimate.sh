#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# estimate.sh: "make estimate" of the unpatched lean kernel agrees with what the patched one
# reports when it is booted; input that it cannot read is refused, with a reason. Prints KTAP.
. "$(dirname "$0")/../scripts/lib.sh"
. "$(dirname "$0")/lib.sh"

choose_base ""
old=$("$top/scripts/kernel" lean none | tail -n1)
new=$("$top/scripts/kernel" lean all | tail -n1)
scratch

# estimate NAME=VALUE...: run it, into $tmp/out and $tmp/err
estimate() { env "$@" "$top/scripts/estimate" >"$tmp/out" 2>"$tmp/err"; }

# refused TEXT NAME=VALUE...: it fails with one line of error that has TEXT, and no result
refused()
{
	! estimate "${@:2}" && [ ! -s "$tmp/out" ] && [ "$(grep -cv '^==> ' "$tmp/err")" = 1 ] && grep -q "^error: .*$1" "$tmp/err" ||
		{ sed 's/^/# /' "$tmp/out" "$tmp/err"; return 1; }
}

# said TEXT: the numbers of that row
said() { sed -n "s/^  $1  *//p" "$tmp/out" | tr -d ,; }

# close A B: within 5%, because addresses of strings differ a little
close() { echo "# $1, $2"; [ $((20 * ($1 > $2 ? $1 - $2 : $2 - $1))) -le "$2" ]; }

cat >"$tmp/script" <<'END'
cat /sys/kernel/debug/dynamic_debug/memory
END
CONFIG=lean SERIES=all "$top/scripts/guest" "$tmp/script" >"$tmp/memory"
read -r _ sites packed _ pooled _ slab < <(grep '^kernel ' "$tmp/memory")
start=$SECONDS
check 'of a compressed image' estimate VMLINUX="$old/arch/x86/boot/bzImage"
check "in $((SECONDS - start)) seconds, 10 at most" test $((SECONDS - start)) -le 10
sed 's/^/# /' "$tmp/out" "$tmp/err"
check 'it finds all callsites' grep -q "^$(printf "%'d" "$sites" | sed 's/,//g; s/\(.*\)\(...\)$/\1,\2/') callsites" "$tmp/out"
read -r before after _ < <(said descriptors)
check 'descriptors' test "$before $after" = "$((56 * sites)) $((16 * sites))"
average=$(sed -n 's/^A packed site takes \([0-9]*\)\.\([0-9]*\) .*/\1\2/p' "$tmp/out")
check 'packed sites' close $((average * sites / 100)) "$packed"
read -r _ beside in_slab < <(said 'packed sites, slab')
check 'what of them is in slab beside the pool' close "$beside" "$slab"
read -r _ pages _ < <(said 'packed sites, pages of a zsmalloc pool')
check 'pages of the pool' test "$pages" = $((4096 * ((pooled + 3) / 4)))
check 'all of them in slab' close "$in_slab" $((slab + 1024 * pooled))

cp "$tmp/out" "$tmp/first"
check 'of vmlinux, the same' estimate VMLINUX="$old/vmlinux"
check 'but for the name' diff <(tail -n +2 "$tmp/first") <(tail -n +2 "$tmp/out")
check 'and of modules' estimate VMLINUX="$old/vmlinux" MODULES="$old/lib"
check 'which have callsites' grep -q '^Of [0-9]* modules [0-9]* have [0-9]* callsites' "$tmp/out"

check 'a kernel with the series is refused' refused 'the series is in it already' VMLINUX="$new/vmlinux"
check 'no file' refused 'no such VMLINUX' VMLINUX="$tmp/none"
head -c 100000 /dev/urandom >"$tmp/noise"
check 'noise' refused 'no kernel image' VMLINUX="$tmp/noise"
: >"$tmp/empty"
check 'an empty file' refused 'no kernel image' VMLINUX="$tmp/empty"
head -c 100000 "$old/vmlinux" >"$tmp/cut"
check 'half a file' refused 'is not whole' VMLINUX="$tmp/cut"
head -c 1000000 "$old/arch/x86/boot/bzImage" >"$tmp/cut"
check 'half an image' refused 'is not whole' VMLINUX="$tmp/cut"
check 'a program' refused 'no Linux kernel' VMLINUX=/bin/busybox
printf '\x7fELF\x02\x01\x01%9s\x02\0\xb7\0%100s' '' '' >"$tmp/arm64"
check 'another machine' refused 'is not for x86-64' VMLINUX="$tmp/arm64"
check 'no directory' refused 'no such MODULES' VMLINUX="$old/vmlinux" MODULES="$tmp/none"
mkdir "$tmp/nothing"
check 'no modules' refused 'there are no modules in' VMLINUX="$old/vmlinux" MODULES="$tmp/nothing"
cp "$tmp/noise" "$tmp/nothing/noise.ko"
check 'a module that is none' refused 'noise.ko: no kernel image or module' VMLINUX="$old/vmlinux" MODULES="$tmp/nothing"
finish
