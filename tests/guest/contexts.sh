#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# For SECONDS (20): callsites print from process, softirq, hardirq and NMI, with
# preemption, bottom halves and interrupts off, under RCU, on all CPUs at once,
# while queries switch them through sets of flags. Each line that is printed has
# the whole prefix of one of these sets, or none.

. ./lib.sh
seconds=${1:-20}
parameters=/sys/module/contexts/parameters

queries()
{
	while running; do
		for flags in =pmfsl -p =pm +fl =pslt =p =_ =pmfslt -t =mf +p =pf =pt +m; do
			echo "module contexts $flags" >$control
		done
		echo >>/tmp/switches
	done
}

messages()
{
	while running; do
		echo 1 >$parameters/go
		echo >>/tmp/goes
	done
}

quiet
insmod ./contexts.ko
functions=$(sed -n 's/.*\[contexts\]\([a-z_]*\) .*/\1/p' $control)
check "there are callsites in $(echo "$functions" | wc -l) functions" test -n "$functions"

# Descriptors, sites and function names (__func__) have no symbols in kallsyms.
symbols() { grep -c "$1.*$2\$" /proc/kallsyms; }
for where in '\[contexts\]' '[^]]'; do
	check "of $(symbols ' ' "$where") symbols none is of a descriptor or site" test "$(symbols ' ' "$where")" != 0 -a \
		"$(symbols 'UNIQUE_ID_ddebug\|__dyndbg_site_\|__func__\.' "$where")" = 0
done

# Each set of flags alone first: in every context, exactly that prefix.
exact() # FLAGS ERE
{
	echo "module contexts =$1" >$control
	dmesg -c >/dev/null
	echo 1 >$parameters/go
	messages_of contexts >/tmp/lines
	bad=$(grep -vE "^$2contexts: [a-z_]+\$" /tmp/lines)
	missing=
	for f in $functions; do
		grep -q "contexts: $f\$" /tmp/lines || missing="$missing $f"
	done
	[ -z "$bad$missing" ] || echo "# $bad; missing:$missing"
	check "=$1 from everywhere" test -z "$bad$missing"
}

t='(<intr>|\[[0-9]+\]) '
exact p ''
exact pt "$t"
exact pmfsl 'contexts:[a-z_]+:[^ :]*contexts\.c:[0-9]+: '
exact pmfslt "${t}contexts:[a-z_]+:[^ :]*contexts\.c:[0-9]+: "
# the module has NMIs on x86 only
case $functions in *at_nmi*)
	nmis=$(cat $parameters/nmis)
	check "$nmis messages were from NMI" test "$nmis" -ge 4 ;;
esac

dmesg -c >/dev/null
start "$seconds"
queries & messages &
wait
check "queries went on: $(wc -l </tmp/switches)" test -s /tmp/switches
check "messages went on: $(wc -l </tmp/goes)" test -s /tmp/goes

# Only prefixes that the sets above can give, in any order of events.
m='contexts:' f='[a-z_]+:' s='[^ :]*contexts\.c:' l='[0-9]+:'
prefixes="$m$f$s$l |$m |$m$f$l |$t$s$l |${t}$m$f$s$l |$m$f |$f |$t|$t$m |$m$f$s$l |"
messages_of contexts >/tmp/lines
grep -vE "^($prefixes)contexts: [a-z_]+\$" /tmp/lines >/tmp/torn
check "prefixes are whole: $(wc -l </tmp/lines) lines" test -s /tmp/lines -a ! -s /tmp/torn
head -n 5 /tmp/torn
# and each names the function that its message names
sed -nE 's/.*(^|[: ])(at_[a-z_]+):.*contexts: ([a-z_]+)$/\2 \3/p' /tmp/lines |
	awk '$1 != $2' >/tmp/wrong
check "prefixes name their own function" test ! -s /tmp/wrong
head -n 5 /tmp/wrong
echo 'module contexts =_' >$control
rmmod contexts
finish contexts
