#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A CPU that comes up prints before RCU watches it, and one that goes down prints after
# RCU has ceased to. Their messages have the whole prefix, also while queries switch the
# callsites for SECONDS (10), and lockdep reports nothing.

. ./lib.sh
seconds=${1:-10}

cpu=/sys/devices/system/cpu/cpu1/online
insmod ./dead.ko
up='cpu_init:[0-9]+: Initializing CPU#1' down='at_dead:[0-9]+: dead: CPU 1'
for what in "common $up" "dead $down"; do
	module=${what%% *} func=${what#* }
	func=${func%%:*}
	echo "func $func +pmfl" >$control
	check "there is a callsite in $func" test "$(grep -c " \[$module\]$func =pmfl " $control)" = 1
done
dmesg -c >/dev/null
for round in 1 2 3; do
	echo 0 >$cpu && echo 1 >$cpu || break
done
echo 'func cpu_init =_; func at_dead =_' >$control
check "the CPU went off and on $round times" test "$round" = 3
for what in "common:$up" "dead:$down"; do
	lines=$(dmesg | grep -cE "\] $what\$")
	check "$lines messages of ${what%%:*}, each with its prefix" test "$lines" = 3
done

queries()
{
	while running; do
		for flags in =pmfsl =_ =pm =pfl =pmfslt =p; do
			echo "func cpu_init $flags; func at_dead $flags" >$control
		done
		echo >>/tmp/switches
	done
}

dmesg -c >/dev/null
start "$seconds"
queries &
while running; do
	echo 0 >$cpu && echo 1 >$cpu && echo >>/tmp/rounds
done
wait
echo 'func cpu_init =_; func at_dead =_' >$control
check "the CPU went off and on while queries did, too: $(wc -l </tmp/rounds) and $(wc -l </tmp/switches) times" \
	test -s /tmp/rounds -a -s /tmp/switches
dmesg | sed 's/^\[[^]]*\] *//' | grep -E '(Initializing CPU#|dead: CPU )1$' >/tmp/lines
for what in "common cpu_init Initializing CPU#1" "dead at_dead dead: CPU 1"; do
	message=${what#* } module=${what%% *}
	func=${message%% *} message=${message#* }
	s="[^ :]*$module\\.c:" l='[0-9]+:'
	grep "$message\$" /tmp/lines >/tmp/these
	grep -vE "^($module:$func:$s$l |$module: |$func:$l |(<intr>|\[[0-9]+\]) $module:$func:$s$l |)$message\$" /tmp/these >/tmp/torn
	check "$func: prefixes are whole: $(wc -l </tmp/these) lines" test -s /tmp/these -a ! -s /tmp/torn
	head -n 5 /tmp/torn
done
rmmod dead
finish hotplug
