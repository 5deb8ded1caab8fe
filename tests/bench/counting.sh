# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: GPL-2.0
# Boots where guest time is a count of instructions; sourced after scripts/lib.sh.
#
# QEMU: 1 ns is one instruction; where the guest would wait, time leaps to its
# next timer instead of passing with the host's; date and random numbers are the
# same in every boot. Kernel: nothing is placed at random; the time stamp counter
# is the clock, at 1 GHz exactly; initramfs is unpacked before the last initcalls;
# no message goes to the console.
counting_qemu='-icount shift=0,sleep=off -rtc base=2026-01-01,clock=vm -seed 1'
counting_append="nokaslr norandmaps initramfs_async=0 tsc=reliable tsc_early_khz=1000000 quiet loglevel=0 printk.ignore_loglevel=N"

# bluetooth and what it needs, of what Debian has as modules: all of the benchmark
# names the same modules, or else kernels would be built again
debian_modules='net/bluetooth/bluetooth.ko net/rfkill/rfkill.ko crypto/ecdh_generic.ko lib/crc16.ko'

# counted_guest CONFIG SERIES MEM NAME PARAMETER...: run NAME of tests/bench/guest/,
# with the files in $tmp/files and the program "count"; what it says goes to stdout
# if it is "@ key value", else to stderr
counted_guest()
{
	gcc -static -O2 -Wall -Wextra -Werror -Wno-unused-parameter -o "$tmp/files/count" "$top/tests/bench/count.c" ||
		die "cannot build tests/bench/count.c (above)"
	local rc=0
	CONFIG=$1 SERIES=$2 MEM=$3 CPUS=1 FILES=$tmp/files QEMU_ARGS=$counting_qemu TIMEOUT=${TIMEOUT:-1200} \
		APPEND="$counting_append ${*:5}" "$top/scripts/guest" "$top/tests/bench/guest/$4.sh" >"$tmp/out" || rc=$?
	grep -vE '^@ [a-z0-9_.-]+ -?[0-9]+(\.[0-9]+)?$' "$tmp/out" >&2 || :
	[ $rc = 0 ] || die "tests/bench/guest/$4.sh failed with status $rc in the guest, CONFIG=$1 SERIES=$2"
	grep '^@ ' "$tmp/out"
}
