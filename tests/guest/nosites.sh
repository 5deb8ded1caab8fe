#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Booted with dyndbg_sites=none dyndbg="module params +pmf": callsites can be found by
# module and class, and nothing else is known of them, of a module that is loaded either.

. ./lib.sh

# on MODULE: how many of its callsites print
on() { grep -c "\[$1\]<no-site> =[a-z]*p" $control; }

# put QUERY: succeeds if the kernel takes it
put() { echo "$1" 2>/dev/null >$control; }

check "no callsite has a site" test "$(grep -vcE '^<no-site>:0 \[[^]]*\]<no-site> =[a-z_]+ "<no-site>"' $control)" = 1
stores=$(awk '/^(kernel|total) / { print $4, $6, $7, $9 } /^pool_pages/ { print $2 }' /sys/kernel/debug/dynamic_debug/stores | sort -u | tr '\n' ' ')
check "nothing is kept: $stores" test "$stores" = "0 0 0 0 0 "
check "modules are told apart" test "$(sed -n 's/.*\[\(.*\)\].*/\1/p' $control | sort -u | wc -l)" -gt 100
check "nothing is warned of" test -z "$(dmesg | grep 'no site data')"

check "the command line enabled a module" test "$(on params)" -gt 0
dmesg -c >/dev/null
modprobe test_dynamic_debug dyndbg=+p
check "its messages" test "$(dmesg | grep -c 'doing test_dynamic_debug')" -gt 0
check "have no prefix" test "$(dmesg | grep 'doing test_dynamic_debug' | grep -vc '\] doing')" = 0
put 'module params =_'
check "a query disables it" test "$(on params)" = 0
check "a module has its parameter" test "$(on test_dynamic_debug)" -gt 0
put 'module test_dynamic_debug =_'
# some are compiled with DEBUG
was=$(on '.*')
for query in 'file *' 'func *' 'format a' 'line 1-'; do
	put "$query +p"
	check "'$query' matches none" test "$(on '.*')" = "$was"
done

put 'module test_dynamic_debug class D2_CORE +p'
check "a query by class" test "$(on test_dynamic_debug)" = 1
put 'module test_dynamic_debug =_'
echo 0x3 >/sys/module/test_dynamic_debug/parameters/p_disjoint_bits
check "a class parameter" test "$(on test_dynamic_debug)" = 2
rmmod test_dynamic_debug
check "and is gone" test "$(grep -c '\[test_dynamic_debug\]' $control)" = 0
finish nosites
