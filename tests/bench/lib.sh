# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0
# What the parts of the benchmark share. NAME.sh CONFIG SERIES measures one boot of a
# kernel and prints lines "@ key number"; all else goes to stderr.
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"

# modules_of CONFIG: the modules that the benchmark builds there. All its parts name
# the same ones: of Debian's, only those are built that somebody names.
modules_of() { [ "$1" != debian ] || echo "${MODULES:-$(sed '/^#/d' "$top/tests/bench/modules/debian" | paste -sd' ')}"; }

# start CONFIG SERIES: that kernel is in $obj, and $tmp/files is for the guest
start()
{
	[ $# = 2 ] || die "usage: $(basename "$0") CONFIG SERIES"
	config=$1 series=$2
	check_config "$config"
	need_tools
	MODULES=$(modules_of "$config")
	export MODULES
	obj=$("$top/scripts/kernel" "$config" "$series" "${LINUX:-}" "$MODULES" | tail -n1)
	scratch
	mkdir "$tmp/files"
}

# measure SCRIPT: boot that kernel, run SCRIPT there, print its figures
measure()
{
	local rc=0
	CONFIG=$config SERIES=$series FILES=$tmp/files "$top/scripts/guest" "$1" >"$tmp/out" || rc=$?
	grep -v '^@ ' "$tmp/out" >&2 || :
	[ $rc = 0 ] || die "the guest failed with status $rc: $(grep -v '^@ ' "$tmp/out" | tail -n1)"
	grep '^@ ' "$tmp/out"
}
