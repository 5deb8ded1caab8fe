#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What "make run" does in the guest: memory.sh for the table; then, when the file
# mode beside it says "show", dynamic debug at work.

# query TEXT: one query; how many sites are on after it
query()
{
	echo "# $1"
	echo "$1" >$control || echo "  refused"
	echo "  sites on: $(grep -c ' =[a-z]*p' $control)"
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

echo "By module, with the prefix module:function:line:"
modprobe test_dynamic_debug
query 'module test_dynamic_debug +pmfl'
messages 'echo 1 >/sys/module/test_dynamic_debug/parameters/do_prints'
query 'module test_dynamic_debug =_'
echo
echo "By file, with the source file's name:"
query 'file kernel/params.c +ps'
messages 'modprobe dummy numdummies=2'
query 'file kernel/params.c =_'
echo
echo "By function, with the thread:"
query 'func dev_uevent* +pft; func kobject_uevent_env +pft'
messages 'echo add >/sys/class/mem/null/uevent'
query 'func dev_uevent* =_; func kobject_uevent_env =_'
echo
echo "By format, with the line:"
query 'format "filter function" +pl'
messages 'rmmod dummy; modprobe dummy numdummies=1'
query 'format "filter function" =_'
