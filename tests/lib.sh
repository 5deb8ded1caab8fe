# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What tests on the host that print KTAP share; they source scripts/lib.sh, then this.

passed=0 failed=0

# check TEXT COMMAND...: count one case, which passes if the command succeeds
check()
{
	if "${@:2}"; then
		echo "ok - $1"
		passed=$((passed + 1))
	else
		echo "not ok - $1"
		failed=$((failed + 1))
	fi
}

# finish: the last lines of a test, and its status
finish()
{
	echo "1..$((passed + failed))"
	echo "$passed passed, $failed failed"
	[ $failed = 0 ]
}
