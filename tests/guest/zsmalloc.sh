#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# zsmalloc with size classes that are allocated on demand: objects of all sizes, in either
# order, keep their contents; CPUs may need a class at the same time; compaction and the
# shrinker find all classes.

. ./lib.sh
parameters=/sys/module/objects/parameters

# run PARAMETER VALUE
run() { echo "$2" >"$parameters/$1"; }

quiet
insmod ./objects.ko
check "an object of each size, from the smallest on" run each 4072
check "from the largest on" run each -4072
check "no object takes more than its size" run dense 1
check "CPUs need a class at the same time, 300 times" run together 300
check "most objects of a pool are freed" run fragment 1
check "compaction frees pages, and keeps the other objects" run compact 1000
check "most objects of another pool are freed" run fragment 1
echo 2 >/proc/sys/vm/drop_caches
pages=$(cat $parameters/fragment)
check "the shrinker frees $pages pages" test "$pages" -ge 1000
check "and keeps the other objects" run compact 0

# Each allocation fails in turn, from the first of the pool on. Leaks are found by kmemleak
# when the guest ends.
debug=/sys/kernel/debug/failslab
if [ -e $debug ]; then
	settings $debug ignore-gfp-wait=N verbose=0 times=1000000 require-start=0 require-end=0xffffffffffffffff
	failed_writes=0
	# (kmemleak's own allocations are among them; it can do without)
	for n in $(seq 60); do
		sh -c "echo $n >/proc/self/fail-nth; echo 64 >$parameters/each" 2>/tmp/err ||
			failed_writes=$((failed_writes + $(grep -c 'write error: ' /tmp/err)))
	done
	check "without memory, an object is not allocated: $failed_writes times" test $failed_writes -ge 5
fi
rmmod objects
finish zsmalloc
