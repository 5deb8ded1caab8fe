#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What the series' KUnit suites said at boot, as KTAP.
failed=1 passed=0
for f in /sys/kernel/debug/kunit/dynamic_debug*/results; do
	cat "$f" || break
	passed=$(grep -c '^ *ok .*' "$f")
	failed=$(grep -c '^ *not ok ' "$f")
done
echo "kunit: $passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
