#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# For SECONDS (60), on all CPUs at once: modules are loaded and unloaded while queries
# switch their callsites and the kernel's, callsites print, control is read in
# pieces, memory gets short and is compacted, and CPUs go offline and online. The
# kernel log must have no report, and in the end all must be as it was.

. ./lib.sh
seconds=${1:-60}

# sites: of each line, the figures that queries do not change
sites() { awk 'NF > 2 { print $1, $2, $3, $4 }' $memory; }

load()
{
	while running; do
		# with too little memory, a load may fail
		insmod ./many.ko 'dyndbg="func last_ten +pmfsl"' 2>/dev/null &&
			modprobe test_dynamic_debug dyndbg=+pmf 2>/dev/null &&
			echo 1 >/sys/module/many/parameters/say && echo >>/tmp/loads
		rmmod test_dynamic_debug
		rmmod many
	done
}

queries()
{
	while running; do
		# a few callsites in each block of many: enabling all takes long
		echo 'format "many: callsite 00" +pmfsl; format "callsite 50" +pmfsl; func last_ten +pmfsl' >$control
		echo 'module test_dynamic_debug +pmt; file kernel/params.c +pmfl; class D2_CORE +pm' >$control
		echo 'module many func last_ten -p; format "callsite last" +p' >$control
		echo 'module many =_; module test_dynamic_debug =_; file kernel/params.c =_' >$control
		echo >>/tmp/queries
	done
}

messages()
{
	while running; do
		# the modules come and go
		echo 1 >/sys/module/many/parameters/say && echo >>/tmp/messages
		echo 1 >/sys/module/test_dynamic_debug/parameters/do_prints
	done 2>/dev/null
}

reading()
{
	while running; do
		grep '<no-site>' $control && echo >>/tmp/no-site
		dd if=$control of=/dev/null bs=997 2>/dev/null
		dd if=$control of=/dev/null bs=61 skip=500 count=100 2>/dev/null
		cat $memory >/dev/null
		echo >>/tmp/reads
	done
}

# Memory gets short, so that caches shrink, zsmalloc's pools too, and is compacted,
# so that their pages move.
pressure()
{
	while running; do
		shorten_memory /tmp/ballast 50
		[ ! -e /proc/sys/vm/compact_memory ] || echo 1 >/proc/sys/vm/compact_memory
		echo >>/tmp/pressures
		sleep 1
	done
}

hotplug()
{
	while running; do
		for cpu in /sys/devices/system/cpu/cpu[1-9]*/online; do
			echo 0 >"$cpu" && sleep 1 && echo 1 >"$cpu" && echo >>/tmp/hotplugs
		done
	done
}

quiet
insmod ./many.ko && rmmod many
cat $control >/tmp/before
sites >/tmp/sites-before
# a kernel that should use a pool, but does not, would pass what follows as well
# (a last block of less than half the size stays in slab)
pooled=$(awk '$1 == "kernel" { print !$5 ? "none" : $5 + $6 < $4 - 1 ? "some" : "all" }' $memory)
grep -q ' ddebug_pool$' /proc/kallsyms && want=all || want=none
check "of the kernel's blocks, $pooled are in the pool or pinned" test "$pooled" = "$want"
start "$seconds"
load & queries & messages & reading & pressure & hotplug &
wait
cat $control >/tmp/after
check "control is as it was" cmp /tmp/before /tmp/after
sites >/tmp/sites-after
check "as many sites are packed as were" cmp /tmp/sites-before /tmp/sites-after
check "no site was lost" test ! -e /tmp/no-site
[ -z "$(objects)" ] || check "the pool holds $(objects) objects, a block each" test "$(objects)" = "$(column 5)"
for what in loads queries messages reads pressures hotplugs; do
	check "$what went on: $(wc -l </tmp/$what)" test -s /tmp/$what
done
# a line of many has its whole prefix or, while a query is changing it, none
messages_of many | grep "many: callsite" >/tmp/lines
whole='^(many:(many_[0369]|last_ten):[^ :]*many\.c:[0-9]+: |)many: callsite [a-z0-9 ]*$'
grep -vE "$whole" /tmp/lines >/tmp/torn
check "prefixes are whole: $(wc -l </tmp/lines) lines" test -s /tmp/lines -a ! -s /tmp/torn
head -n 5 /tmp/torn
finish churn
