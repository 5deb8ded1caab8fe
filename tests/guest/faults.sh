#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The first, second, third ... allocation that dynamic debug makes in a query,
# a read of control, or the load of a module fails, until there is none left to
# fail. After each: a query that failed has left every callsite as it was or as
# it was to be; a module is there, with all of its sites or with none, and a
# warning if with none.

. ./lib.sh
debug=/sys/kernel/debug
ko=$(find /lib/modules -name test_dynamic_debug.ko)
faults=0

# verdict TEXT WHY-NOT: ok if there is no reason why not
verdict()
{
	check "$1${2:+: $2}" test -z "$2"
}

# Let just the allocations fail that are made on behalf of dynamic debug: those
# with a function of ours on the stack; those for the boot are elsewhere, and gone.
etext=$(sed -n 's/ T _etext$//p' /proc/kallsyms)
symbols() { awk -v etext="$etext" '$2 ~ /^[tT]$/ && $3 ~ /^ddebug_[a-z_]*$/ && $1 < etext' /proc/kallsyms | sort; }
start=$(symbols | head -n 1 | cut -d' ' -f1)
last=$(symbols | tail -n 1 | cut -d' ' -f1)
end=$(sort /proc/kallsyms | awk -v last="$last" '$1 > last { print $1; exit }')
for attr in failslab fail_page_alloc; do
	echo N >$debug/$attr/ignore-gfp-wait
	echo 0 >$debug/$attr/verbose
	echo 1000000 >$debug/$attr/times
	echo "0x$start" >$debug/$attr/require-start
	echo "0x$end" >$debug/$attr/require-end
done
echo 0 >$debug/fail_page_alloc/min-order

# either FILE FILE FILE: each line of the first is in its place in one of both
either()
{
	awk '{ getline a <A; getline b <B; if ($0 != a && $0 != b) { print; bad = 1 } }
		END { exit bad }' A="$2" B="$3" "$1"
}

# query TEXT UNDO: written to control
query() { change $control "$1" "$2"; }

# parameter NAME TEXT UNDO: written to a class parameter of the test module
parameter() { change /sys/module/test_dynamic_debug/parameters/"$1" "$2" "$3"; }

# change FILE TEXT UNDO
change()
{
	file=$1
	shift
	echo "$2" >"$file"
	cat $control >/tmp/old
	[ "$file" = $control ] || cat "$file" >/tmp/value
	echo "$1" >"$file"
	cat $control >/tmp/new
	echo "$2" >"$file"
	cmp -s /tmp/old /tmp/new && [ "${1#func no}" = "$1" ] && [ "${1#format no}" = "$1" ] &&
		{ verdict "${file##*/}: $1" "changes nothing"; return; }
	n=0 bad=
	while :; do
		n=$((n + 1))
		[ $n -lt 200 ] || { bad="no end of it"; break; }
		rc=0
		echo $n >/proc/self/fail-nth
		echo "$1" 2>/dev/null >"$file" || rc=1
		read -r left </proc/self/fail-nth
		echo 0 >/proc/self/fail-nth
		cat $control >/tmp/now
		if [ "$left" != 0 ]; then
			[ $rc = 0 ] && cmp -s /tmp/now /tmp/new || bad="$n: not done"
			break
		fi
		faults=$((faults + 1))
		if [ $rc = 0 ]; then
			cmp -s /tmp/now /tmp/new || { bad="$n: said done"; break; }
		else
			either /tmp/now /tmp/old /tmp/new || { bad="$n: neither old nor new"; break; }
			[ "$file" = $control ] || cmp -s "$file" /tmp/value ||
				{ bad="$n: has another value: $(cat "$file")"; break; }
			# and can be tried again
			echo "$1" >"$file"
			cat $control >/tmp/now
			cmp -s /tmp/now /tmp/new || { bad="$n: not done when tried again"; break; }
		fi
		echo "$2" >"$file"
		cat $control >/tmp/now
		cmp -s /tmp/now /tmp/old || { bad="$n: not undone"; break; }
	done
	echo "$2" >"$file"
	verdict "${file##*/}: $1: $((n - 1)) faults" "$bad"
}

# budget: how many faults each kind may still inject; less of them, and one was
budget() { cat $debug/failslab/times $debug/fail_page_alloc/times; }

# module PARAMETERS: the allocations differ a little from load to load (the slab
# allocator's own pages are among them), so one may be missed: from the first one
# again, until the two kinds of trouble have been seen.
module()
{
	n=0 all=0 none=0 without=0 round=1 bad=
	while :; do
		n=$((n + 1))
		[ $n -lt 200 ] || { bad="no end of it"; break; }
		dmesg -c >/dev/null
		before=$(budget)
		sh -c "echo $n >/proc/self/fail-nth; exec insmod $ko $1" 2>/tmp/err
		after=$(budget)
		dmesg >/tmp/log
		[ -d /sys/module/test_dynamic_debug ] || { bad="$n: not loaded: $(cat /tmp/err)"; break; }
		grep '\[test_dynamic_debug\]' $control >/tmp/now
		lost=$(grep -c '<no-site>' /tmp/now)
		warned=$(grep -c 'test_dynamic_debug: .* debug prints have no site data: no memory' /tmp/log)
		if [ ! -s /tmp/now ]; then
			none=$((none + 1))
			grep -q 'error adding module: test_dynamic_debug' /tmp/log || bad="$n: not listed, nothing said"
		elif [ "$lost" != 0 ]; then
			without=$((without + 1))
			[ "$lost" = "$(wc -l </tmp/now)" ] || bad="$n: $lost sites lost"
			[ "$warned" = 1 ] || bad="$n: $warned warnings"
			# still switchable by module, and printing without prefix
			echo 'module test_dynamic_debug =pmfslt' >$control
			dmesg -c >/dev/null
			echo 1 >/sys/module/test_dynamic_debug/parameters/do_prints
			dmesg | grep -qE '^\[ *[0-9.]+\] test_dd: doing categories' || bad="$n: does not print, or a prefix"
			dmesg | grep -q 'test_dynamic_debug:' && bad="$n: prints a prefix"
		else
			[ "$warned" = 0 ] || bad="$n: warned of nothing"
		fi
		rmmod test_dynamic_debug || bad="$n: not unloaded"
		[ -z "$bad" ] || break
		if [ "$before" != "$after" ]; then
			all=$((all + 1))
			continue
		fi
		# nothing failed any more: the load is to be like any
		[ -s /tmp/now ] && [ "$lost" = 0 ] || { bad="$n: no fault, but no sites"; break; }
		[ $none = 0 ] || [ $without = 0 ] || break
		[ $round -lt 10 ] || { bad="one of both never came about"; break; }
		n=0 round=$((round + 1))
	done
	faults=$((faults + all))
	verdict "module $1: $all faults, $without without sites, $none without table" "$bad"
}

query 'module params +pmfl' 'module params =_'
query 'file kernel/params.c +pmfl' 'file kernel/params.c =_'
query 'func p* format arg +ps' 'func p* =_'
query 'file kernel/* line 1-500 +pfs' 'file kernel/* =_'
query '+pmfslt' '=_'
query 'format no-such-format +p' 'func no_such_func -p'
modprobe test_dynamic_debug
# With verbose at 4 and with flags that make a prefix, a query needs memory.
echo 4 >/sys/module/dynamic_debug/parameters/verbose
parameter p_disjoint_bits 0x3ff 0
parameter p_disjoint_names +MID -MID
parameter p_level_num 7 0
parameter p_level_names +L7 -L0
echo 0 >/sys/module/dynamic_debug/parameters/verbose
rmmod test_dynamic_debug
module ''
module 'dyndbg=+pmfl'
why=
[ $faults -gt 10 ] || why="is fault injection on?"
verdict "$faults faults in all" "$why"
finish faults
