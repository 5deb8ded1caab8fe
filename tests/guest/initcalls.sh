#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Booted with an initcall of dynamic debug, or of zsmalloc, left out: nothing that
# remains follows a pointer into init memory.

. ./lib.sh

left_out=$(sed -n 's/.*initcall_blacklist=\([a-z_]*\).*/\1/p' /proc/cmdline)
check "$left_out is left out" test "$(dmesg | grep -c "initcall $left_out blacklisted")" = 1
# overwrite the memory that was freed
dd if=/dev/zero of=/tmp/ballast bs=1M count=64 2>/dev/null
rm /tmp/ballast
case $left_out in
dynamic_debug_init|dynamic_debug_init_control)
	check "there is no control file" test ! -e $control
	check "a module with callsites is loaded" modprobe test_dynamic_debug dyndbg=+pmf
	check "its callsites are reached" sh -c 'echo 1 >/sys/module/test_dynamic_debug/parameters/do_prints' ;;
*)
	check "every callsite has its site" test "$(grep -c '<no-site>' $control)" = 0
	check "the pool is not used" test "$(awk '$1 == "kernel" { print $5 }' $memory)" = 0
	echo 'file kernel/params.c +pmf' >$control
	dmesg -c >/dev/null
	modprobe test_dynamic_debug dyndbg=+pmf
	check "messages have prefixes" test "$(dmesg | grep -c '\] params:parse_args: doing test_dynamic_debug')" = 1
	echo 1 >/sys/module/test_dynamic_debug/parameters/do_prints
	check "those of a module, too" test "$(dmesg | grep -c '\] test_dynamic_debug:do_cats: test_dd: doing categories')" -ge 1 ;;
esac
check "the module is unloaded" rmmod test_dynamic_debug
finish initcalls
