#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# part.sh NAME CONFIG COLUMN RUN: one of what scripts/bench measures, into
# build/bench/BASE/raw/NAME-CONFIG-COLUMN-RUN, unless it is there from the same kernel and
# benchmark. COLUMN is all, none, or slab: the patched kernel without the initcall of
# zsmalloc, which then makes no pools. Parts can run at the same time.
. "$(dirname "$0")/lib.sh"

[ $# = 4 ] || die "usage: part.sh NAME CONFIG COLUMN RUN"
name=$1 config=$2 column=$3 run=$4 series=$3 append='' t0=$SECONDS
[ "$column" != slab ] || { series=all append=initcall_blacklist=zs_init; }
choose_base "${LINUX:-}"
file=$build/bench/$base/raw/$name-$config-$column-$run
log=$build/log/bench-$base-$name-$config-$column-$run.log

# object SERIES: directory of that kernel, with the modules that any part wants
object() { "$top/scripts/kernel" "$config" "$1" "${LINUX:-}" "$(modules_of "$config")" | tail -n1; }

# figures: what the part prints; nothing but figures, and some
figures()
{
	APPEND=$append "$top/tests/bench/$name.sh" "$config" "$series" >"$tmp/out" || return
	[ -s "$tmp/out" ] && ! grep -vE '^@ [A-Za-z0-9_.-]+ -?[0-9]+(\.[0-9]+)?$' "$tmp/out" >&2 ||
		{ say "error: this is not a figure, or there are no figures"; return 1; }
}

obj=$(object "$series")
# all that a part may read
built=("$obj/.built")
# these compare both kernels
case $name in memory|alternatives) built=("$(object none)/.built" "$(object all)/.built") ;; esac
stamp=$(cd "$top" && find tests/bench tests/many tests/pools guest scripts/guest scripts/lib.sh scripts/sections -type f ! -name report.py |
	sort | xargs cat "${built[@]}" | sha256sum | cut -c1-16)
[ "$(sed -n 's/^# stamp //p' "$file" 2>/dev/null)" != "$stamp" ] || exit 0

scratch
mkdir -p "$build/log" "$(dirname "$file")"
rm -f "$file"
figures >"$log" 2>&1 </dev/null ||
	die "$name of $config, $column: $(grep -m1 '^error: ' "$log" | cut -c8- || tail -n1 "$log") (see ${log#"$top"/})"
{
	made_by "${append:+APPEND=$append }tests/bench/$name.sh $config $series"
	cat "$tmp/out"
	echo "# stamp $stamp"
} >"$tmp/raw"
mv "$tmp/raw" "$file"
say "==> $name, $config, $column, run $run: $(elapsed $((SECONDS - t0)))"
