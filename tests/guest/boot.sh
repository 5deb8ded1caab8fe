#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What boot-faults.sh checks in each kernel that it boots. Without a file
# "expected", control is printed, each line after "= "; with it, "verdict: all
# sites", "verdict: no sites" or "verdict: no dynamic debug", or why it is none of them.

control=/proc/dynamic_debug/control

# why TEXT: say what is wrong, and end
why() { echo "not as it should be: $1"; exit 1; }

if [ ! -e $control ]; then
	dmesg | grep -q 'dyndbg: error adding built-in modules' || why "no reason is given"
	# a query from a module finds nothing
	modprobe dummy dyndbg=+p || why "no module"
	echo "verdict: no dynamic debug"
	exit 0
fi
tail -n +2 $control >/tmp/now
warning='dyndbg: kernel: [0-9]* of [0-9]* debug prints have no site data: no memory'
warned=$(dmesg | grep -c "$warning")
dmesg -c >/dev/null

# bare FILE: without what comes from sites: module, flags and class remain
bare() { sed -E 's/^[^ ]+ (\[[^]]*\])[^ ]+ (=[a-z_]+) ".*"( class.*)?$/\1 \2\3/' "$1"; }

if [ ! -e expected ]; then
	sed 's/^/= /' /tmp/now
	grep -q '<no-site>' /tmp/now && why "a site is lost"
	exit 0
fi
bare expected >/tmp/bare-expected
bare /tmp/now >/tmp/bare-now
cmp /tmp/bare-expected /tmp/bare-now || why "modules, flags or classes differ"
# the callsites of kernel/params.c have been on since the command line was parsed
modprobe dummy dyndbg=+p
dmesg | sed 's/^\[[^]]*\] *//' | grep -E "doing dummy" >/tmp/said || why "params.c is silent"
if cmp -s expected /tmp/now; then
	[ "$warned" = 0 ] || why "$warned warnings, but all sites"
	grep -q "^params:parse_args: doing dummy" /tmp/said || why "no prefix: $(cat /tmp/said)"
	echo "verdict: all sites"
else
	[ "$warned" = 1 ] || why "$warned warnings, and some site is lost"
	grep -qvE '^<no-site>:0 \[[^]]*\]<no-site> =[a-z_]+ "<no-site>"' /tmp/now && why "half of the sites are lost"
	grep -q "^doing dummy" /tmp/said || why "a prefix: $(cat /tmp/said)"
	echo 'module params -p' >$control || why "cannot be switched off"
	grep -q '\[params\]<no-site> =mf ' $control || why "is not off"
	echo "verdict: no sites"
fi
