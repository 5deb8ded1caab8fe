#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# zsmalloc with classes that come when they are needed: objects of all sizes, in either
# order, keep what is in them; CPUs may need a class at the same time; compaction and
# the shrinker find the classes that there are.

. ./lib.sh
parameters=/sys/module/objects/parameters

# run PARAMETER VALUE
run() { echo "$2" >"$parameters/$1"; }

quiet
insmod ./objects.ko
check "an object of each size, from the smallest on" run each 1
check "from the largest on" run each -1
check "CPUs need a class at the same time, 300 times" run together 300
check "most objects of a pool are freed" run fragment 1
check "compaction frees pages, and keeps the other objects" run compact 1000
check "most objects of another pool are freed" run fragment 1
echo 2 >/proc/sys/vm/drop_caches
pages=$(cat $parameters/fragment)
check "the shrinker frees $pages pages" test "$pages" -ge 1000
check "and keeps the other objects" run compact 0
rmmod objects
finish zsmalloc
