#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# With DYNAMIC_DEBUG_CORE alone: only a module that was compiled with
# DYNAMIC_DEBUG_MODULE is listed, while it is loaded.

. ./lib.sh

sites() { grep -c '^[^#]' $control; }

check "no site without the module" test "$(sites)" = 0
insmod ./dynamic_debug_module/many.ko
check "1,013 sites with it" test "$(sites)" = 1013
check "and all are its own" test "$(grep -c '\[many\]' $control)" = 1013
echo 'module many func last_ten +pmfl' >$control
dmesg -c >/dev/null
echo 1 >/sys/module/many/parameters/say
check "ten messages with prefixes" test "$(dmesg | grep -cE 'many:last_ten:[0-9]+: many: callsite last [0-9]$')" = 10
rmmod many
check "none when it is gone" test "$(sites)" = 0
finish core
