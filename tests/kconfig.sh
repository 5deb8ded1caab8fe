#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# kconfig.sh: configurations that cannot exist are refused by Kconfig, and those
# that can are not.
. "$(dirname "$0")/../scripts/lib.sh"

need_tools
src=$("$top/scripts/source" all)
scratch
passed=0 failed=0

# verdict SYMBOL y|n SETTING...: given these settings, the symbol ends as said
verdict()
{
	local symbol=$1 want=$2 got=n
	shift 2
	printf 'CONFIG_%s\n' "$symbol=y" "$@" >"$tmp/settings"
	make -s -C "$src" O="$tmp/obj" KCONFIG_ALLCONFIG="$tmp/settings" allnoconfig >"$tmp/log" 2>&1 ||
		die "allnoconfig fails: $(tail -n1 "$tmp/log")"
	! grep -q "^CONFIG_$symbol=y" "$tmp/obj/.config" || got=y
	if [ $got = "$want" ]; then
		echo "ok - $symbol=$got with $*"
		passed=$((passed + 1))
	else
		echo "not ok - $symbol=$got with $*"
		failed=$((failed + 1))
	fi
}

settings=(RUNTIME_TESTING_MENU=y PRINTK=y EXPERT=y PROC_FS=y MODULES=y)
verdict DYNAMIC_DEBUG y "${settings[@]}"
verdict DYNAMIC_DEBUG n EXPERT=y PRINTK=n PROC_FS=y
verdict DYNAMIC_DEBUG n EXPERT=y PRINTK=y PROC_FS=n DEBUG_FS=n
verdict DYNAMIC_DEBUG_KUNIT_TEST y "${settings[@]}" DYNAMIC_DEBUG=y KUNIT=y
verdict DYNAMIC_DEBUG_KUNIT_TEST y "${settings[@]}" DYNAMIC_DEBUG_CORE=y KUNIT=y
verdict DYNAMIC_DEBUG_KUNIT_TEST n "${settings[@]}" DYNAMIC_DEBUG=y KUNIT=m
verdict DYNAMIC_DEBUG_KUNIT_TEST n "${settings[@]}" KUNIT=y
# ZRAM selects zsmalloc
settings+=(BLOCK=y BLK_DEV=y SYSFS=y ZRAM_BACKEND_LZO=y)
verdict DYNAMIC_DEBUG_ZSMALLOC y "${settings[@]}" DYNAMIC_DEBUG=y ZRAM=y
verdict DYNAMIC_DEBUG_ZSMALLOC n "${settings[@]}" DYNAMIC_DEBUG=y ZRAM=m
verdict DYNAMIC_DEBUG_ZSMALLOC n "${settings[@]}" ZRAM=y
echo "1..$((passed + failed))"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
