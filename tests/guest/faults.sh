#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Each allocation that dynamic debug makes in a query, a read of control or the
# load of a module fails in turn. After each: a query that failed has changed no
# callsite; a class parameter reports which classes are on; a module is loaded,
# with all of its sites, with none and a warning, or is not listed, and the log says so.

. ./lib.sh
debug=/sys/kernel/debug
ko=$(find /lib/modules -name test_dynamic_debug.ko)
faults=0

# verdict TEXT WHY-NOT: ok if WHY-NOT is empty
verdict()
{
	check "$1${2:+: $2}" test -z "$2"
}

# each TEXT: the verdict on what was tried n times, with another allocation failing each
# time, and none the last time
each()
{
	[ $n -gt 1 ] || bad=${bad:-nothing failed}
	verdict "$1: $((n - 1)) faults" "$bad"
}

# Only allocations on behalf of dynamic debug fail: those with one of its functions
# on the stack. Its init functions are elsewhere, and freed.
read -r start end <<END
$(our_text)
END
for attr in failslab fail_page_alloc; do
	settings $debug/$attr ignore-gfp-wait=N verbose=0 times=1000000 require-start="$start" require-end="$end"
done
echo 0 >$debug/fail_page_alloc/min-order

# query TEXT UNDO: the same, written to control
query() { change $control "$1" "$2"; }

# change FILE TEXT UNDO: write TEXT with each allocation failing in turn, undo it
change()
{
	file=$1
	shift
	echo "$2" >"$file"
	cat $control >/tmp/old
	echo "$1" >"$file"
	cat $control >/tmp/new
	echo "$2" >"$file"
	cmp -s /tmp/old /tmp/new && [ "${1#func no}" = "$1" ] && [ "${1#format no}" = "$1" ] &&
		{ verdict "${file##*/}: $1" "changes nothing"; return; }
	n=0 bad=
	while :; do
		n=$((n + 1))
		[ $n -lt 200 ] || { bad="no end of it"; break; }
		attempt $n "$1"
		cat $control >/tmp/now
		if [ "$left" != 0 ]; then
			[ $rc = 0 ] && cmp -s /tmp/now /tmp/new || bad="$n: not done"
			break
		fi
		faults=$((faults + 1))
		if [ $rc = 0 ]; then
			cmp -s /tmp/now /tmp/new || { bad="$n: said done"; break; }
		else
			cmp -s /tmp/now /tmp/old || { bad="$n: failed, and changed something"; break; }
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
	each "${file##*/}: $1"
}

# attempt N TEXT: write it to $file with the Nth allocation failing; sets rc, and left:
# 0 if one failed
attempt()
{
	rc=0
	echo "$1" >/proc/self/fail-nth
	echo "$2" 2>/dev/null >"$file" || rc=1
	read -r left </proc/self/fail-nth
	echo 0 >/proc/self/fail-nth
}

# on CLASS: how many of its callsites in many are on
on() { grep -c "\[many\].* =[a-z]*p.* class:$1\$" $control; }

# taken: what the sites of many take, and how many of its blocks are pinned
taken() { grep '^many ' $debug/dynamic_debug/memory; }

# pins FILE TEXT: blocks stay pinned, so load the module anew for each fault
pins()
{
	file=$1 n=0 bad=
	insmod ./many.ko
	unpinned=$(taken)
	echo "$2" >"$file"
	pinned=$(taken)
	rmmod many
	[ "$pinned" != "$unpinned" ] || bad="pins nothing"
	while [ -z "$bad" ]; do
		n=$((n + 1))
		[ $n -lt 200 ] || { bad="no end of it"; break; }
		insmod ./many.ko || { bad="many.ko is not loaded"; break; }
		[ "$(taken)" = "$unpinned" ] || { bad="a new module has $(taken)"; break; }
		cat $control >/tmp/old
		attempt $n "$2"
		cat $control >/tmp/now
		if [ "$left" != 0 ]; then
			[ $rc = 0 ] || bad="$n: no fault, but fails"
			cmp -s /tmp/now /tmp/old && bad="$n: changes nothing"
			break
		fi
		faults=$((faults + 1))
		if [ $rc = 0 ]; then
			cmp -s /tmp/now /tmp/old && bad="$n: said done, and changed nothing"
		elif [ "$file" = $control ]; then
			cmp -s /tmp/now /tmp/old || bad="$n: failed, and changed something"
			echo "$2" >"$file" || bad="$n: can't be tried again"
		else
			# bit 0 for class FIRST, bit 1 for SECOND ...
			want=$(printf '0x%x' $((($(on FIRST) > 0) + 2 * ($(on SECOND) > 0) + 4 * ($(on THIRD) > 0))))
			[ "$(cat "$file")" = "$want" ] || bad="$n: says $(cat "$file"), $want is on"
			[ "$want" = 0x7 ] && bad="$n: failed, and all is on"
			partly="$partly $want"
			echo "$2" >"$file" || bad="$n: can't be tried again"
			[ "$(on SECOND)" = 1 ] && [ "$(on THIRD)" = 1 ] || bad="$n: not done when tried again"
			echo 0 >"$file"
			[ "$(on FIRST)$(on SECOND)$(on THIRD)" = 000 ] || bad="$n: not undone"
		fi
		[ "$(taken)" = "$pinned" ] || bad="$n: now $(taken), not $pinned"
		[ -z "$bad" ] || break
		rmmod many
	done
	rmmod many 2>/dev/null
	each "${file##*/}: $2, on a new module"
}

# reading: control is read whole, or cannot be opened
reading()
{
	n=0 bad=
	cat $control >/tmp/old
	while :; do
		n=$((n + 1))
		[ $n -lt 200 ] || { bad="no end of it"; break; }
		before=$(budget)
		rc=0
		sh -c "echo $n >/proc/self/fail-nth; exec cat $control" >/tmp/now 2>/tmp/err || rc=$?
		[ "$before" != "$(budget)" ] || break
		faults=$((faults + 1))
		if [ $rc = 0 ]; then
			cmp -s /tmp/now /tmp/old || { bad="$n: read in part"; break; }
		else
			[ ! -s /tmp/now ] || { bad="$n: failed after it was opened: $(cat /tmp/err)"; break; }
		fi
	done
	each "reading control"
}

# budget: how many faults each kind may still inject; it drops when one is injected
budget() { cat $debug/failslab/times $debug/fail_page_alloc/times; }

# module PARAMETERS: the allocations differ a little from load to load (the slab
# allocator's own pages are among them), so one may be missed: start again with the
# first one, until sites were lost. What an unloaded module leaves to the next one
# is not allocated again: only the first load can fail to get that.
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
		# nothing failed this time: the load must be like any other
		[ -s /tmp/now ] && [ "$lost" = 0 ] || { bad="$n: no fault, but no sites"; break; }
		[ $without = 0 ] || break
		[ $round -lt 10 ] || { bad="no sites were lost"; break; }
		n=0 round=$((round + 1))
	done
	faults=$((faults + all)) unlisted=$((unlisted + none))
	verdict "module $1: $all faults, $without without sites, $none without table" "$bad"
}

reading
query 'module params +pmfl' 'module params =_'
query 'file kernel/params.c +pmfl' 'file kernel/params.c =_'
query 'func p* format arg +ps' 'func p* =_'
query 'file kernel/* line 1-500 +pfs' 'file kernel/* =_'
query '+pmfslt' '=_'
query 'format no-such-format +p' 'func no_such_func -p'
partly=
pins $control 'module many +pmf'
pins $control 'module many format "callsite last" +s'
pins /sys/module/many/parameters/classes 7
why=
case "$partly" in *0x1*|*0x3*) ;; *) why="failed after none or all only:$partly" ;; esac
verdict "a class parameter failed after some of its classes" "$why"
# use up what unloaded modules left, so that the next one has to allocate
unlisted=0
insmod ./many.ko
insmod ./contexts.ko
insmod ./byhand.ko
module ''
why=
[ $unlisted -gt 0 ] || why="none was"
verdict "$unlisted loads were not listed" "$why"
rmmod byhand
rmmod contexts
rmmod many
module 'dyndbg=+pmfl'
why=
[ $faults -gt 10 ] || why="is fault injection on?"
verdict "$faults faults in all" "$why"
finish faults
