#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A CPU that comes up prints before RCU watches it. Its message has the whole prefix,
# and lockdep reports nothing.

. ./lib.sh

cpu=/sys/devices/system/cpu/cpu1/online
echo 'func cpu_init +pmfl' >$control
check "there is a callsite" test "$(grep -c ' \[common\]cpu_init =pmfl ' $control)" = 1
dmesg -c >/dev/null
for round in 1 2 3; do
	echo 0 >$cpu && echo 1 >$cpu || break
done
echo 'func cpu_init =_' >$control
check "the CPU went off and on $round times" test "$round" = 3
lines=$(dmesg | grep -cE '\] common:cpu_init:[0-9]+: Initializing CPU#1$')
check "$lines messages, each with its prefix" test "$lines" = 3
finish hotplug
