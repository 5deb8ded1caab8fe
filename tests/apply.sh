#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# apply.sh: each way to apply the series that docs/working.md names works without fuzz, and all
# give the same result. LINUX=dir is another tree than Debian's. Prints KTAP.
. "$(dirname "$0")/../scripts/lib.sh"

need_tools
need_packages patch quilt
choose_base "${LINUX:-}"
[ -n "${LINUX:-}" ] && series=none || series=pristine
dir=$("$top/scripts/source" "$series" "${LINUX:-}")
scratch
mapfile -t files < <(series_files all)
# an earlier release lacks what the series needs, in order
needs=()
for p in "$patches"/needs/*.patch; do
	[ ! -e "$p" ] || patch -d "$dir" -s -p1 -R -F0 --dry-run <"$p" >/dev/null || needs+=("$p")
done
files=("${needs[@]}" "${files[@]}")
mkdir "$tmp/orig"
touched "${files[@]}" | while read -r f; do
	[ ! -e "$dir/$f" ] || (cd "$dir" && cp -a --parents "$f" "$tmp/orig/")
done
passed=0 failed=0

by_git()
{
	plain_git init -q . && plain_git add -A -f && plain_git commit -q -m base && plain_git am -q "${files[@]}" && rm -rf .git
}

# as Buildroot and Yocto do it
by_patch()
{
	local p
	for p in "${files[@]}"; do
		patch -p1 -F0 --no-backup-if-mismatch <"$p" || return
	done
}

# as OpenWrt does it
by_quilt()
{
	mkdir patches && cp "${files[@]}" patches/ && printf '%s\n' "${files[@]##*/}" >patches/series &&
		QUILT_PATCHES=patches quilt --quiltrc /dev/null push -a --fuzz=0 && rm -rf .pc patches
}

# way NAME COMMAND: apply it in a copy
way()
{
	local ok='not ok'
	cp -r "$tmp/orig" "$tmp/$1"
	if (cd "$tmp/$1" && "$2") >"$tmp/log" 2>&1 && { [ "$1" = git ] || diff -r "$tmp/git" "$tmp/$1" >>"$tmp/log"; }; then
		ok=ok passed=$((passed + 1))
	else
		failed=$((failed + 1))
	fi
	echo "$ok $((passed + failed)) - $1"
	[ "$ok" = ok ] || sed 's/^/# /' "$tmp/log" | tail -n 20
}

way git by_git
way patch by_patch
way quilt by_quilt
echo "1..$((passed + failed))"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
