#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# same.sh: the lines that the series adds to each file must be the same on the newest base and
# on each other base, except for what tests/same lists: the file, and how many lines differ.
. "$(dirname "$0")/../scripts/lib.sh"

# added BASE FILE: the lines that its series adds there
added()
{
	local old=$build/src/$1-pristine/$2 new=$build/src/$1-all/$2
	[ -e "$new" ] || return 0
	[ -e "$old" ] || old=/dev/null
	{ diff "$old" "$new" || :; } | sed -n 's/^> //p'
}

# all_files BASE: the files that its series touches
all_files()
{
	local list=()
	use_base "$1"
	mapfile -t list < <(series_files all)
	touched "${list[@]}"
}

# where BASE FILE: its path; newer kernels have KUnit tests in lib/tests/
where()
{
	local moved=lib/tests/${2##*/}
	if [ -e "$build/src/$1-all/$2" ] || [ ! -e "$build/src/$1-all/$moved" ]; then echo "$2"; else echo "$moved"; fi
}

scratch
one=$(bases | head -n1)
for other in $(bases | tail -n +2); do
	for b in "$one" "$other"; do
		BASE=$b "$top/scripts/source" all >/dev/null
	done
	{ all_files "$one"; all_files "$other"; } | sed 's|^lib/tests/\(dynamic_debug_.*\)|lib/\1|' | sort -u | while read -r file; do
		added "$one" "$(where "$one" "$file")" >"$tmp/one"
		added "$other" "$(where "$other" "$file")" >"$tmp/other"
		n=$(diff "$tmp/one" "$tmp/other" | grep -c '^[<>]') || :
		[ "$n" = 0 ] || echo "$one $other $file $n"
	done
done >"$tmp/differ"
if diff "$top/tests/same" "$tmp/differ" >"$tmp/diff"; then
	awk '{ files++; lines += $4 } END { print "the series differ in " files " files, " lines " lines" }' "$tmp/differ"
else
	echo "the series differ in other lines than tests/same says ('>' is now):"
	cat "$tmp/diff"
	exit 1
fi
