# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0
# What the parts of the benchmark share. NAME.sh CONFIG SERIES measures a kernel,
# most of them in one boot, and prints lines "@ key number"; all else goes to stderr.
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"

# modules_of CONFIG: the modules that the benchmark builds there, of the base at hand. All its
# parts name the same ones: of Debian's, only those are built that somebody names.
modules_of() { [ "$1" != debian ] || echo "${MODULES:-$(sed "/^#/d" "$top/tests/bench/modules/debian-$base" | paste -sd" ")}"; }

# made_by COMMAND: how the figures behind it were made, for report.py; the kernel is in $obj
made_by()
{
	echo "# kernel $(cat "$obj/include/config/kernel.release")"
	sed -n 's/^CONFIG_CC_VERSION_TEXT="\(.*\)"/# compiler \1/p' "$obj/.config"
	echo "# command $1"
}

# start CONFIG SERIES: that kernel is in $obj, and $tmp/files is for the guest
start()
{
	[ $# = 2 ] || die "usage: $(basename "$0") CONFIG SERIES"
	config=$1 series=$2
	check_config "$config"
	arch_of "$config"
	need_tools
	choose_base "${LINUX:-}"
	MODULES=$(modules_of "$config")
	export MODULES
	obj=$("$top/scripts/kernel" "$config" "$series" "${LINUX:-}" "$MODULES" | tail -n1)
	scratch
	mkdir "$tmp/files"
}

# measure NAME: boot that kernel, run NAME/guest.sh there, print its figures
measure()
{
	local rc=0
	CONFIG=$config SERIES=$series FILES=$tmp/files "$top/scripts/guest" "$top/tests/bench/$1/guest.sh" >"$tmp/out" || rc=$?
	grep -v '^@ ' "$tmp/out" >&2 || :
	[ $rc = 0 ] || die "the guest failed with status $rc: $(grep -v '^@ ' "$tmp/out" | tail -n1)"
	grep '^@ ' "$tmp/out"
}

# count NAME [PARAMETER...]: the same in a boot where guest time is a count of
# instructions; the program "count" is there to read it.
#
# QEMU: 1 ns is one instruction; where the guest would wait, time leaps to its next timer
# instead of passing with the host's; date and random numbers are the same in every boot.
# Kernel: nothing is placed at random; the time stamp counter is the clock, at 1 GHz exactly;
# initramfs is unpacked before the last initcalls; no message goes to the console.
count()
{
	build_program tests/bench/count.c "$tmp/files/count" -Wno-unused-parameter
	CPUS=1 QEMU_ARGS='-icount shift=0,sleep=off -rtc base=2026-01-01,clock=vm -seed 1' TIMEOUT=${TIMEOUT:-1800} \
		APPEND="nokaslr norandmaps initramfs_async=0 tsc=reliable tsc_early_khz=1000000 quiet loglevel=0 printk.ignore_loglevel=N ${*:2}" \
		measure "$1"
}
