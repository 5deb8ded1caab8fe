#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The prefix of each callsite of a module, most of whose blocks were in the pool: with each
# flag alone and with several, exactly what control shows for the callsite; cut off after
# 127 bytes.

. ./lib.sh

# prefixes MODULE FLAGS: what it should print, from its lines in control
prefixes()
{
	sed -nE "s/^([^ ]*):([0-9]+) \\[$1\\]((many_3|last_ten|long_)[^ ]*) =[^ ]* \"(.*)\\\\n\"\$/\\1 \\2 \\3 \\5/p" $control |
		awk -v module="$1" -v flags="$2" '{
			file = $1; line = $2; name = $3
			sub(/^[^ ]* [^ ]* [^ ]* /, "")
			p = ""
			if (flags ~ /m/) p = p module ":"
			if (flags ~ /f/) p = p name ":"
			if (flags ~ /s/) p = p file ":"
			if (flags ~ /l/) p = p line ":"
			if (p != "") p = p " "
			print substr(p, 1, 127) $0
		}' | sort
}

# said MODULE FLAGS: what it prints with these
said()
{
	echo "module $1 =$2" >$control
	dmesg -c >/dev/null
	sh -c "echo \$\$ >/tmp/pid; echo 1 >/sys/module/$1/parameters/say"
	dmesg | sed -n 's/^\[[^]]*\] //p' | grep "$1: " | sort
}

# exact MODULE FLAGS: all of these messages with these prefixes. Blocks stay pinned, so the
# module is loaded anew each time
exact()
{
	insmod "./$1.ko"
	pooled=$(awk -v module="$1" '$1 == module { print $5 }' $memory)
	prefixes "$1" "$2" >/tmp/want
	said "$1" "$2" >/tmp/said
	check "$1 =$2: $(wc -l </tmp/want) messages, $pooled blocks were in the pool" cmp /tmp/want /tmp/said
	diff /tmp/want /tmp/said | head -n 4
	rmmod "$1"
}

quiet
for flags in p pm pf ps pl pmf psl pmfsl; do
	exact many $flags
done
check "all of its messages" test "$(wc -l </tmp/want)" = 310
! grep -q ' ddebug_pool$' /proc/kallsyms || check "there were blocks in the pool" test "$pooled" -ge 2

insmod ./many.ko
for flags in pt pmt pfslt; do
	prefixes many $flags >/tmp/want
	said many $flags >/tmp/said
	sed "s/^/[$(cat /tmp/pid)] /" /tmp/want | sort | cut -c1-250 >/tmp/want-pid
	check "many =$flags, behind the thread" cmp /tmp/want-pid /tmp/said
	diff /tmp/want-pid /tmp/said | head -n 4
done
rmmod many

# name, colon, space: at the limit, a byte to either side
for flags in p pf pm pmf pfl pmfsl; do
	exact long $flags
done
insmod ./long.ko
check "prefixes of 126 and 127 bytes, and longer ones" test \
	"$(prefixes long f | awk '{ sub(/long: .*/, ""); print length($0) }' | sort -n | xargs)" = "126 127 127 127 127"
rmmod long
finish prefix
