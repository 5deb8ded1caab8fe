#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The results of the series' KUnit suites at boot, as KTAP.
. ./lib.sh
results=$(ls /sys/kernel/debug/kunit/dynamic_debug*/results)
# shellcheck disable=SC2086 # a list
cat $results
# shellcheck disable=SC2086
passed=$(cat $results | grep '^ *ok ' | grep -vc '# SKIP')
# shellcheck disable=SC2086
failed=$(cat $results | grep -c '^ *not ok ')
suites=$(echo "$results" | wc -w)
[ "$suites" = 2 ] || { echo "not ok - $suites suites, not 2"; failed=$((failed + 1)); }
# a suite that did not run shows ok as well
# shellcheck disable=SC2086
cat $results | awk '
	sub(/^    1\.\./, "") { planned += $1 }
	/^    (not )?ok / && !/# SKIP/ { ran++ }
	END {
		if (planned && ran == planned) exit
		printf "not ok - %d of %d cases ran\n", ran, planned
		exit 1
	}' || failed=$((failed + 1))
finish kunit
