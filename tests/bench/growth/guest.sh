#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What tests/bench/growth.sh runs in the guest; the keys are explained there.

set -e
control=/proc/dynamic_debug/control
memory=/sys/kernel/debug/dynamic_debug/memory

dmesg -n 1
./count 11 read $control growth.control=65536
for n in 10 100 1000 10000 100000; do
	name=growth_$n
	times=11
	[ $n -le 1000 ] || times=3
	./count $times load ./$name.ko growth.$n.load growth.$n.unload
	insmod ./$name.ko
	echo "@ growth.$n.coresize $(cat /sys/module/$name/coresize)"
	echo "@ growth.$n.initsize $(cat /sys/module/$name/parameters/initsize)"
	[ ! -e $memory ] || awk -v n=$n -v name=$name '
		NR == 1 { for (i = 3; i <= NF; i++) column[i - 1] = $i }
		$1 == name {
			for (i = 2; i <= NF; i++)
				if (column[i] ~ /^(packed_bytes|blocks|pooled|slab_bytes)$/)
					print "@ growth." n "." column[i], $i
		}' $memory
	cat $control >/tmp/control
	echo "@ growth.$n.control_lines $(grep -c "\[$name\]" /tmp/control)"
	rm /tmp/control
	./count $times read $control growth.$n.control=65536
	for query in func/the_last_one 'format/"the very last of them"' "line/200000"; do
		key=growth.$n.query.${query%%/*}
		spec="module $name ${query%%/*} ${query#*/}"
		./count $times write $control "$key.same=$spec -p"
		echo "$spec +p" >$control
		# does it match that one? Reading 100,000 of them takes too long
		[ $n -gt 1000 ] || [ "$(grep -c "\[$name\].* =p " $control)" = 1 ]
		./count $times write $control "$key.off=$spec -p" "$key.on=$spec +p"
		echo "$spec -p" >$control
	done
	./count $times write $control "growth.$n.query.module.same=module $name -p"
	rmmod $name
done
