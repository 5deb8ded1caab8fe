#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Print control before and after callsites were switched on, what takes memory, and
# where the kernel is; then wait for the host, which looks into this guest meanwhile.

control=/proc/dynamic_debug/control

echo '== first'
cat $control

modprobe test_dynamic_debug
insmod ./many.ko
insmod ./byhand.ko
while read -r query; do
	echo "$query" >$control || exit 1
done <<'END'
module test_dynamic_debug +pmfl
module test_dynamic_debug class D2_CORE +ps
func parse_one +pmfl
file lib/kobject.c +mt
module many func many_3 +pmfslt
module many func last_ten +p
module usbcore format %s +f
END
# a flag of newer kernels
! echo 'module many func many_9 +pd' >$control 2>/dev/null || grep -q 'many_9 =pd' $control || exit 1

echo '== control'
cat $control
echo '== memory'
cat /sys/kernel/debug/dynamic_debug/memory
echo '== text'
sed -n 's/ T _text$//p' /proc/kallsyms
echo '== end'

exec 4<>/dev/ttyS2
stty raw -echo <&4
while sleep 1; do echo ready >&4; done &
while read -r answer <&4 && [ "$answer" != go ]; do :; done
kill $!
