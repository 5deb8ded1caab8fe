#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A module that was compiled with DEBUG: its callsites are on when it is loaded,
# without prefix; prefix flags can be set and cleared as usual.

. ./lib.sh

# said ERE: make the module print; how many messages match
said()
{
	dmesg -c >/dev/null
	echo 1 >/sys/module/many/parameters/say
	dmesg | sed 's/^\[[^]]*\] *//' | grep -cE "$1"
}

dmesg -c >/dev/null
insmod ./debug/many.ko
check "its init function's messages are there" test "$(dmesg | grep -c 'many: callsite [0-9]')" = 1000
check "all sites are on" test "$(grep -c '\[many\].* =p ' $control)" = 1013
check "messages have no prefix" test "$(said '^many: callsite last')" = 10
echo 'module many +mf' >$control
check "then they have" test "$(said '^many:last_ten: many: callsite last')" = 10
echo 'module many -mf' >$control
check "and have none again" test "$(said '^many: callsite last')" = 10
echo 'module many -p' >$control
check "off is off" test "$(said 'many: callsite')" = 0
rmmod many
insmod ./debug/many.ko dyndbg==_
check "dyndbg= switches them off at load" test "$(said 'many: callsite')" = 0
rmmod many
finish debugmodule
