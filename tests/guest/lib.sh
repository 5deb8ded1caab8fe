# shellcheck shell=sh disable=SC2034
# SPDX-License-Identifier: GPL-2.0
# What the tests of this directory share; they source it from their directory.

control=/proc/dynamic_debug/control
memory=/sys/kernel/debug/dynamic_debug/memory
passed=0 failed=0

# check TEXT COMMAND...: one line; ok if the command succeeds
check()
{
	text=$1
	shift
	if "$@"; then
		echo "ok - $text"; passed=$((passed + 1))
	else
		echo "not ok - $text"; failed=$((failed + 1))
	fi
}

# finish NAME: the last line of a test, and its status
finish()
{
	echo "$1: $passed passed, $failed failed, 0 skipped"
	[ $failed = 0 ]
}

# quiet: only warnings and worse go to the serial console, which is slow; init prints the
# rest, as far as it is still in the log. Reports must not depend on that: tests clear the
# log, and messages push out what is old
quiet()
{
	dmesg -n 5
	echo N >/sys/module/printk/parameters/ignore_loglevel
}

# start SECONDS begins that time; running: is it not over yet?
start() { end=$(($(cut -d. -f1 /proc/uptime) + $1)); }
running() { [ "$(cut -d. -f1 /proc/uptime)" -lt "$end" ]; }

# messages_of MODULE: what it has logged since this test began, without time stamps
began="test $$ begins"
echo "<7>$began" >/dev/kmsg
messages_of()
{
	dmesg | awk -v module="$1: " -v began="$began" '
		index($0, began) { n = 0 }
		index($0, module) { sub(/^\[[^]]*\] */, ""); lines[n++] = $0 }
		END { for (i = 0; i < n; i++) print lines[i] }'
}

# our_text: where the functions of dynamic debug begin and where they end, but for those
# that are for the boot, which are elsewhere, and gone
our_text()
{
	sort /proc/kallsyms | awk '
		$3 == "_etext" { exit }
		first && !last { last = "0x" $1 }
		$2 ~ /^[tT]$/ && $3 ~ /^ddebug_[a-z_]*$/ { if (!first) first = "0x" $1; last = "" }
		END { print first, last }'
}

# objects: in our pool, if zsmalloc counts them
objects() { awk '$1 == "Total" { print $(NF - 2) }' /sys/kernel/debug/zsmalloc/dyndbg/classes 2>/dev/null; }

# column N: that figure of the file memory, added up over all lines
column() { awk -v n="$1" 'NR > 1 && NF > 2 { sum += $n } END { print sum + 0 }' $memory; }

# settings DIRECTORY NAME=VALUE...: write them to the files there; ends at one that fails
settings()
{
	directory=$1
	shift
	for setting in "$@"; do
		echo "${setting#*=}" >"$directory/${setting%%=*}" || return
	done
}

# shorten_memory FILE PERCENT: for a moment, FILE takes that much of what is available;
# then caches shrink
shorten_memory()
{
	free=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo)
	dd if=/dev/zero of="$1" bs=1M count=$((free * $2 / 102400)) 2>/dev/null
	rm "$1"
	echo 3 >/proc/sys/vm/drop_caches
}
