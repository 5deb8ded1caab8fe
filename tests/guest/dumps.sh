#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# With flag d, a message of each kind is followed by one stack trace, and flag d alone adds no
# prefix. A site has no name in traces, even while its module's init function runs.

. ./lib.sh

# said FLAGS: the kinds of messages, and the stack traces, in order
said()
{
	echo "module dumps =$1" >$control
	dmesg -c >/dev/null
	echo 1 >/sys/module/dumps/parameters/say
	dmesg | sed 's/^\[[^]]*\] *//' | awk '/dumps: / { print $NF } /^Call [Tt]race:/ { print "trace" }' | xargs echo
}

# with its trace, a message is to be on the console, too, or scripts/guest takes that for a report
echo Y >/sys/module/printk/parameters/ignore_loglevel
kinds='pr_debug pr_debug_ratelimited dev_dbg dev_dbg_ratelimited netdev_dbg hex.'
dmesg -c >/dev/null
insmod ./dumps.ko
check "a site has no name" test "$(dmesg | grep -c 'the site of .* is ')/$(dmesg | grep -c 'is __dyndbg_site')" = 1/0
check "messages of each kind" test "$(said p)" = "$kinds"
check "with a stack trace each" test "$(said pd)" = "$(echo "$kinds" | sed 's/ / trace /g; s/$/ trace/')"
check "and no prefix" test "$(dmesg | sed 's/^\[[^]]*\] *//' | grep -c '^dumps: pr_debug')" = 2
check "and none without message" test -z "$(said d)"
echo 'module dumps =_' >$control
rmmod dumps
finish dumps
