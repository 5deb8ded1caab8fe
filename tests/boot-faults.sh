#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# boot-faults.sh [CONFIG]: boot once for each allocation that dynamic debug makes until the
# kernel's sites are packed, and let that one fail. Each time, the kernel has all its sites,
# or none, or no dynamic debug; it says so, and works otherwise.
. "$(dirname "$0")/../scripts/lib.sh"

config=${1:-debug}
need_packages gdb
choose_base ""
obj=$("$top/scripts/kernel" "$config" all | tail -n1)
scratch
mkdir "$tmp/files"
passed=0 failed=0 all=0 none=0
export CONFIG=$config SERIES=all FILES=$tmp/files
export APPEND='dyndbg="module params +pmf" dynamic_debug.verbose=1'
export QEMU_ARGS='-S -chardev socket,id=gdb,path=gdb,server=on,wait=off -gdb chardev:gdb'

# boot N: with the Nth allocation failing; prints the guest's output
boot()
{
	local rc=0 debugger
	rm -f "$tmp/gdb" "$tmp/faults" "$tmp/ended"
	(
		cd "$tmp"
		until [ -S gdb ] || [ -e ended ]; do sleep 0.1; done
		FAULT=$1 exec gdb -batch -nx -x "$top/tests/boot-faults.py" "$obj/vmlinux" >gdb.log 2>&1
	) &
	debugger=$!
	(cd "$tmp" && "$top/scripts/guest" "$top/tests/guest/boot.sh") || rc=$?
	touch "$tmp/ended"
	wait $debugger || { cat "$tmp/gdb.log"; rc=1; }
	[ -s "$tmp/faults" ] || { cat "$tmp/gdb.log"; rc=1; }
	return $rc
}

# The first boot, in which nothing fails, shows what control should look like.
if ! boot 0 >"$tmp/out" 2>"$tmp/err"; then
	cat "$tmp/out" "$tmp/err"
	die "the kernel does not boot even if no allocation fails"
fi
sed -n 's/^= //p' "$tmp/out" >"$tmp/files/expected"
count=$(cat "$tmp/faults")
for ((n = 1; n <= count; n++)); do
	if boot $n >"$tmp/out" 2>"$tmp/err" && verdict=$(sed -n 's/^verdict: //p' "$tmp/out") && [ -n "$verdict" ]; then
		echo "ok $n - allocation $n of $count fails: $verdict"
		passed=$((passed + 1))
		case $verdict in
		'all sites') all=$((all + 1)) ;;
		'no sites') none=$((none + 1)) ;;
		esac
	else
		echo "not ok $n - allocation $n of $count fails"
		sed 's/^/# /' "$tmp/out" "$tmp/err"
		failed=$((failed + 1))
	fi
done
# A test that never saw the sites lost has not tested much.
if [ $none = 0 ]; then
	echo "not ok - $all boots with all sites, none without"
	failed=$((failed + 1))
fi
echo "1..$((passed + failed))"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
