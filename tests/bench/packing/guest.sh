#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What tests/bench/instructions.sh runs in the guest of its second boot: from the call of
# dynamic_debug_pack() until it says what it packed.

dmesg | awk '
	{ line = $0; sub(/^\[ */, "", line); split(line, time, /[.\]]/) }
	/calling  dynamic_debug_pack\+/ { start = time[1] * 1000000 + time[2] }
	/dyndbg: packed [0-9]+ sites of the kernel/ { print "@ ins.boot.packed", time[1] * 1000000 + time[2] - start; found++ }
	END { exit found != 1 }'
