#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A module is unloaded while it is in use: a reader of control is in the middle of its
# callsites when another build of it is loaded instead, or a write to its parameter prints,
# and prints again when its callsites are no longer listed.

. ./lib.sh

# read_on KIB: read control in pieces, so far into the callsites of many; replace the module;
# read on. What is read then must be what control has now.
read_on()
{
	rm -f /tmp/first
	insmod ./many.ko
	exec 3<$control
	until grep -q '\[many\]' /tmp/first 2>/dev/null; do
		dd bs=4096 count=1 <&3 >>/tmp/first 2>/dev/null
	done
	dd bs=1000 count="$1" <&3 >>/tmp/first 2>/dev/null
	rmmod many && insmod ./other/many.ko || return
	cat <&3 >/tmp/rest
	exec 3<&-
	grep '\[many\]' $control >/tmp/now
	rmmod many
	[ "$(cat /tmp/first /tmp/rest | grep -cv '^# \|^[^ ]*:[0-9]* \[[^ ]*\][^ ]* =[a-z_]* ".*"')" = 0 ] || return
	# what was buffered when the module was unloaded, less than 4 KiB, is of the old one
	tail -n +2 /tmp/rest | grep '\[many\]' | awk '
		NR == FNR { now[$0]; next }
		$0 in now { seen++; next }
		seen { print "# of none: " $0; bad = 1; exit }
		{ old += length($0) + 1 }
		END { exit bad || old > 4096 || seen < 100 }' /tmp/now -
}

quiet
for round in 1 5 9 13; do
	check "control is read on when a module was replaced, $round kB into it" read_on $round
done

insmod ./many.ko 'dyndbg="func many_3 +pmfsl"'
echo 5 >/sys/module/many/parameters/linger &
sleep 1
rmmod many &
sleep 0.3
check "a module that goes is not listed" test "$(grep -c '\[many\]' $control)" = 0
check "and still there, as it prints" test -d /sys/module/many
wait
messages_of many | grep 'many: callsite' >/tmp/lines
grep -vE '^many:many_3:[^ :]*many\.c:[0-9]+: many: callsite [0-9]*$' /tmp/lines >/tmp/torn
check "with its prefix: $(wc -l </tmp/lines) messages" test "$(wc -l </tmp/lines)" = 900
check "which is whole" test ! -s /tmp/torn
head -n 5 /tmp/torn
check "then it is gone" test ! -d /sys/module/many
finish gone
