#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What the series' KUnit suites said at boot, as KTAP.
. ./lib.sh
results=$(ls /sys/kernel/debug/kunit/dynamic_debug*/results)
# shellcheck disable=SC2086 # a list
cat $results
# shellcheck disable=SC2086
passed=$(cat $results | grep -c '^ *ok ')
# shellcheck disable=SC2086
failed=$(cat $results | grep -c '^ *not ok ')
suites=$(echo "$results" | wc -w)
[ "$suites" = 2 ] || { echo "not ok - $suites suites, not 2"; failed=$((failed + 1)); }
[ "$passed" -gt 0 ] || failed=$((failed + 1))
finish kunit
