#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A livepatch of a built-in function, of one of a module, and of one whose callsites are those
# of before: it loads, its callsites are in control, print with prefix, and go. Prints KTAP.
# shellcheck source=tests/guest/lib.sh
. ./lib.sh
livepatch=/sys/kernel/livepatch/klp_test

# until_done: the transition has ended
until_done()
{
	n=0
	while [ "$(cat $livepatch/transition 2>/dev/null)" = 1 ] && [ $n -lt 60 ]; do
		sleep 1
		n=$((n + 1))
	done
	[ $n -lt 60 ]
}

in_control() { grep -q -e "$1" $control || { grep klp $control; return 1; }; }
in_log() { dmesg | grep -q -e "$1" || { dmesg | tail -n 20; return 1; }; }

modprobe dummy
echo 'module params func parse_one +pmfl' >$control
check 'the livepatch loads' insmod ./klp-test.ko
check 'and gets active' until_done
check 'a new callsite in a built-in function' in_control '^kernel/params.c:[1-9][0-9]* \[klp_test\]parse_one =_ "klp: %s is handled'
check 'one whose format is another now' in_control '^kernel/params.c:[1-9][0-9]* \[klp_test\]parse_args =_ "klp: %s, parsing ARGS'
check 'one in a module' in_control '^drivers/net/dummy.c:[1-9][0-9]* \[klp_test\]dummy_change_carrier =_ "klp: carrier'
check 'none is without site' sh -c "! grep -q no-site $control"

echo 'module klp_test +pmfl' >$control
check 'a query by its module finds them' in_control '\[klp_test\]parse_one =pmfl "klp: '
modprobe loop max_loop=1
check 'it prints with its prefix' in_log 'params:parse_one:[1-9][0-9]*: klp: max_loop is handled'
check 'and so does the other' in_log 'params:parse_args:[1-9][0-9]*: klp: loop, parsing ARGS'
check 'one that was there before is still on' in_log 'params:parse_one:[1-9][0-9]*: handling max_loop with value'
for format in 'handling %s with value' 'Unknown argument' 'doing %s: ' 'doing %s, parsing ARGS'; do
	check "there once: $format" test "$(grep -c "params.*$format" $control)" = 1
done
check 'and no other is new in that file' test "$(grep -c '^kernel/params.c:.*\[klp_test\]' $control)" = 2
echo 1 >/sys/class/net/dummy0/flags	# up
echo 1 >/sys/class/net/dummy0/carrier
check 'and one of the module' in_log 'dummy:dummy_change_carrier:[1-9][0-9]*: klp: carrier 1'

# It has its own code, but the callsite of the kernel
line=$(sed -n "s|^drivers/base/core.c:\([0-9]*\) \[core\]device_add =.*device: '%s': %s.*|\1|p" $control)
check 'a callsite of before is there once' test "$(echo "$line" | wc -w)" = 1
echo 'func device_add +pmfl' >$control
ip link add dummy9 type dummy
check 'and prints with the prefix that it had' in_log "core:device_add:$line: device: 'dummy9': device_add"
echo 'func device_add -pmfl' >$control

echo 0 >$livepatch/enabled
until_done
sleep 1
check 'the livepatch goes' rmmod klp_test
check 'and its callsites with it' sh -c "! grep -q klp_test $control"
finish klp
