#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# KCSAN is on, and finds a data race that a module makes on purpose. It is in none of
# our functions, so the log that holds it passes.

. ./lib.sh

# reported: the race is in the log
reported() { dmesg | grep -q 'BUG: KCSAN: data-race in race_read \[race\] / race_write \[race\]$'; }

check "KCSAN is on" grep -q '^enabled: 1$' /sys/kernel/debug/kcsan
insmod ./race.ko
for round in 1 2 3 4 5; do
	echo 20000 >/sys/module/race/parameters/go
	! reported || break
done
check "a race made on purpose is reported, in round $round" reported
rmmod race
finish race
