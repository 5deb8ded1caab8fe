#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# For SECONDS (60): a module is unloaded, again and again, while its callsites print.
# A write to its parameter that began before continues after its exit function, and so
# do the messages, with their prefixes. These come from a block in an allocation of its
# own. The kernel log must have no report, of KASAN above all.

. ./lib.sh
seconds=${1:-60}

messages()
{
	while running; do
		echo 1 >/sys/module/many/parameters/say
	done 2>/dev/null
}

quiet
start "$seconds"
messages & messages &
while running; do
	insmod ./many.ko 'dyndbg="func many_3 +pmfsl"'
	rmmod many
	echo >>/tmp/rounds
done
wait
messages_of many | grep 'many: callsite' >/tmp/lines
check "a module went $(wc -l </tmp/rounds) times" test -s /tmp/rounds
grep -vE '^(many:many_3:[^ :]*many\.c:[0-9]+: )many: callsite [0-9]*$' /tmp/lines >/tmp/torn
check "prefixes are whole: $(wc -l </tmp/lines) lines" test ! -s /tmp/torn
head -n 5 /tmp/torn
check "messages were printed: $(grep -c '^many:many_3:' /tmp/lines)" grep -q '^many:many_3:' /tmp/lines
finish going
