#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What memory.sh does in the guest: memory.sh of make run, and then keys mem.pin.ITEM for
# everything switched on with a prefix, which moves blocks to plain memory for good. ITEM
# is sites, those that are on; blocks, those in plain memory for it; store_before and store,
# bytes in slab; pages, those that the pool still has.

# shellcheck source=guest/memory.sh
. ./memory.sh

[ -e $memory ] || exit 0
# The console would need minutes to show what that logs.
echo N >/sys/module/printk/parameters/ignore_loglevel
dmesg -n 1
echo "@ mem.pin.store_before $(of_memory kernel slab_bytes)"
echo 'module * +pmfl' >$control || exit
echo "@ mem.pin.sites $(grep -c ' =pmfl' $control)"
echo "@ mem.pin.blocks $(of_memory kernel pinned)"
echo "@ mem.pin.store $(of_memory kernel slab_bytes)"
echo "@ mem.pin.pages $(of_memory pool_pages '')"
echo 'module * -pmfl' >$control
