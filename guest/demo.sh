#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What "make run" does in the guest: memory.sh for the table; then, when the file
# mode beside it says "show", dynamic debug at work.

# query TEXT: one query; how many callsites are enabled after it
query()
{
	echo "# $1"
	echo "$1" >$control || echo "  refused"
	echo "  callsites enabled: $(grep -c ' =[a-z]*p' $control)"
}

# messages COMMAND...: run it and show what the kernel logs meanwhile
messages()
{
	echo "\$ $*"
	dmesg -c >/dev/null
	sh -c "$*" >/dev/null
	dmesg | grep -v 'raid6\|random:' | sed 's/^/  /' | head -n 8
}

# shellcheck source=guest/memory.sh
. ./memory.sh
[ "$(cat mode)" = show ] || exit 0

echo "Dynamic debug at work: queries go to /proc/dynamic_debug/control ('#'), then something makes"
echo "the kernel print ('\$'), then the callsites are disabled again (=_)."
echo
echo "Enable all callsites of a module (p). Each message shows module, function and line (mfl):"
modprobe test_dynamic_debug
query 'module test_dynamic_debug +pmfl'
messages 'echo 1 >/sys/module/test_dynamic_debug/parameters/do_prints'
query 'module test_dynamic_debug =_'
echo
echo "Enable all callsites of a source file. Each message shows the file (s):"
query 'file kernel/params.c +ps'
messages 'modprobe dummy numdummies=2'
query 'file kernel/params.c =_'
echo
echo "Enable two functions, one by wildcard. Each message shows function and thread (ft):"
query 'func dev_uevent* +pft; func kobject_uevent_env +pft'
messages 'echo add >/sys/class/mem/null/uevent'
query 'func dev_uevent* =_; func kobject_uevent_env =_'
echo
echo "Enable callsites whose format has these words. Each message shows the line (l):"
query 'format "filter function" +pl'
messages 'rmmod dummy; modprobe dummy numdummies=1'
query 'format "filter function" =_'
