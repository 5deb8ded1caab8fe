#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# In the guest: run the stream beside this file, or without one print control,
# then control with the test module in it.

# Only warnings go to the serial console, which is slow.
echo N >/sys/module/printk/parameters/ignore_loglevel
dmesg -n 5
mkdir modules
find /lib/modules -name '*.ko' -exec cp {} modules/ \;
if [ ! -e stream ]; then
	cat /proc/dynamic_debug/control
	insmod modules/test_dynamic_debug.ko || exit
	echo '# loaded'
	cat /proc/dynamic_debug/control
	exit
fi
set -- stream table "dump=$(cat dump)"
[ ! -e fault ] || set -- "$@" "fault=$(cat fault)"
./run "$@"
status=$?
# Warnings are on the console already; init would print all the rest.
dmesg -c >/dev/null
exit $status
