#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What "make run" does in the guest: lines "@ name value" for the table; then,
# when the file mode beside it says "show", dynamic debug at work.

control=/proc/dynamic_debug/control

# symbol NAME: its address
symbol() { sed -n "s/^\([0-9a-f]*\) . $1\$/0x\1/p" /proc/kallsyms; }

# section NAME: its bytes, from the symbols around it
section()
{
	start=$(symbol "__start_$1")
	stop=$(symbol "__stop_$1")
	[ -n "$start" ] && echo $((stop - start)) || echo -
}

# query TEXT: one query; how many sites are on after it
query()
{
	echo "# $1"
	echo "$1" >$control || echo "  refused"
	echo "  sites on: $(grep -c ' =[a-z]*p' $control)"
}

# messages COMMAND...: run it and show what the kernel logs meanwhile
messages()
{
	echo "\$ $*"
	dmesg -c >/dev/null
	sh -c "$*" >/dev/null
	dmesg | grep -v 'raid6\|random:' | sed 's/^/  /' | head -n 8
}

# used: bytes of all objects in slab
used() { awk 'NR > 2 { sum += $2 * $4 } END { print sum }' /proc/slabinfo; }

# pool BYTES: what a zsmalloc pool with an object of that size takes in slab
pool()
{
	was=$(used)
	echo "$1" >/sys/module/pools/parameters/make
	echo $((($(used) - was) / $(cat /sys/module/pools/parameters/pools)))
	echo -1 >/sys/module/pools/parameters/make
}

# What the boot left in caches and on the lists of freed pages is noise.
sync
echo 3 >/proc/sys/vm/drop_caches
sleep 1
echo "@ release $(uname -r)"
echo "@ sites $(grep -vc '^#' $control)"
echo "@ hot $(section __dyndbg)"
echo "@ cold $(section __dyndbg_sites)"
# said once at boot: what was freed
echo "@ initmem $(dmesg | sed -n 's/.*(initmem) memory: \([0-9]*\)K$/\1/p')"
for key in MemTotal MemFree Slab; do
	echo "@ $key $(sed -n "s/^$key: *\([0-9]*\) kB/\1/p" /proc/meminfo)"
done
# a line for each column of the kernel's own, and the pages of the pool
awk '/^#/ { for (i = 3; i <= NF; i++) name[i - 1] = $i }
	$1 == "kernel" { for (i = 2; i <= NF; i++) print "@ kernel_" name[i], $i }
	$1 == "pool_pages" { print "@ pool_pages", $2 }' /sys/kernel/debug/dynamic_debug/stores 2>/dev/null
if insmod ./pools.ko 2>/dev/null && pool 0 >/dev/null; then
	echo "@ pool_empty $(pool 0)"
	echo "@ pool_one $(pool 1000)"
	for cache in zs_handle zspage; do
		[ ! -e /sys/kernel/slab/$cache ] || echo "@ $cache $(cat /sys/kernel/slab/$cache/slab_size)"
	done
	rmmod pools
fi
[ "$(cat mode)" = show ] || exit 0

echo "By module, with the prefix module:function:line:"
modprobe test_dynamic_debug
query 'module test_dynamic_debug +pmfl'
messages 'echo 1 >/sys/module/test_dynamic_debug/parameters/do_prints'
query 'module test_dynamic_debug =_'
echo
echo "By file, with the source file's name:"
query 'file kernel/params.c +ps'
messages 'modprobe dummy numdummies=2'
query 'file kernel/params.c =_'
echo
echo "By function, with the thread:"
query 'func dev_uevent* +pft; func kobject_uevent_env +pft'
messages 'echo add >/sys/class/mem/null/uevent'
query 'func dev_uevent* =_; func kobject_uevent_env =_'
echo
echo "By format, with the line:"
query 'format "filter function" +pl'
messages 'rmmod dummy; modprobe dummy numdummies=1'
query 'format "filter function" =_'
