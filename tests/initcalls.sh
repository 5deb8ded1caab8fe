#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# initcalls.sh [CONFIG]: one boot without each of the initcalls that the sites depend on.
# Prints KTAP.
. "$(dirname "$0")/../scripts/lib.sh"

choose_base ""
passed=0 failed=0
for name in dynamic_debug_init dynamic_debug_init_control ddebug_pool_init zs_init; do
	if APPEND=initcall_blacklist=$name "$top/tests/guest.sh" "${1:-lean}" 0 initcalls; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
