#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What memory.sh does in the guest.

# shellcheck source=guest/memory.sh
. ./memory.sh

# slab: kB of it, without what is free
slab() { settle; sed -n 's/^Slab: *\([0-9]*\) kB/\1/p' /proc/meminfo; }

# Everything on, for as long as it takes to look; the console would need minutes to
# show what that logs.
echo N >/sys/module/printk/parameters/ignore_loglevel
dmesg -n 1
echo "@ mem.pin.slab_before $(slab)"
echo 'module * +pmfl' >$control || exit
echo "@ mem.pin.slab_on $(slab)"
on=$(grep -c ' =pmfl' $control)
[ ! -e $stores ] || awk '$1 == "kernel" { print "@ mem.pin.blocks", $10; print "@ mem.pin.bytes", $11 }' $stores
echo 'module * -pmfl' >$control || exit
echo "@ mem.pin.sites $on"
echo "@ mem.pin.slab_after $(slab)"
