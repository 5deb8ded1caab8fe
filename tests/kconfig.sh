#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# kconfig.sh: Kconfig refuses configurations that must not exist and accepts the
# others; and what make oldconfig asks people who have a configuration already.
. "$(dirname "$0")/../scripts/lib.sh"
. "$(dirname "$0")/lib.sh"

need_tools
choose_base ""
src=$("$top/scripts/source" all)
unpatched=$("$top/scripts/source" none)
scratch

# verdict SYMBOL y|n SETTING...: with these settings, the symbol gets that value
verdict()
{
	local symbol=$1 want=$2 got=n
	shift 2
	printf 'CONFIG_%s\n' "$symbol=y" "$@" >"$tmp/settings"
	make -s -C "$src" O="$tmp/obj" KCONFIG_ALLCONFIG="$tmp/settings" allnoconfig >"$tmp/log" 2>&1 ||
		die "allnoconfig fails: $(tail -n1 "$tmp/log")"
	! grep -q "^CONFIG_$symbol=y" "$tmp/obj/.config" || got=y
	check "$symbol=$got with $*" [ $got = "$want" ]
}

# default SYMBOL y|n ARCH SETTING...: its default on that architecture, or if a setting names it,
# whether it can be set; the last setting must be honoured
default()
{
	local symbol=$1 want=$2 arch=$3 got=n
	shift 3
	printf 'CONFIG_%s\n' "$@" >"$tmp/settings"
	make -s -C "$src" O="$tmp/obj-$arch" ARCH="$arch" KCONFIG_ALLCONFIG="$tmp/settings" alldefconfig >"$tmp/log" 2>&1 ||
		die "alldefconfig fails: $(tail -n1 "$tmp/log")"
	grep -qx "CONFIG_${!#}" "$tmp/obj-$arch/.config" || die "CONFIG_${!#} is not honoured"
	! grep -q "^CONFIG_$symbol=y" "$tmp/obj-$arch/.config" || got=y
	check "$arch: $symbol=$got with $*" [ $got = "$want" ]
}

# question SYMBOLS SETTING...: starting from Debian's configuration of the unpatched kernel
# with these settings, oldconfig asks for just these symbols (a list, or '')
question()
{
	local want=$1 got setting
	shift
	mkdir -p "$tmp/obj"
	"$top/scripts/source" debian-config >"$tmp/obj/.config"
	printf 'CONFIG_%s\n' "$@" >>"$tmp/obj/.config"
	{ make -s -C "$unpatched" O="$tmp/obj" olddefconfig &&
		make -s -C "$src" O="$tmp/obj" listnewconfig >"$tmp/new"; } 2>"$tmp/log" ||
		die "oldconfig fails: $(tail -n1 "$tmp/log")"
	for setting; do
		case $setting in
		*=n) ! grep -q "^CONFIG_${setting%n}" "$tmp/obj/.config" ;;
		*) grep -qxF "CONFIG_$setting" "$tmp/obj/.config" ;;
		esac || die "the unpatched kernel does not honour CONFIG_$setting"
	done
	got=$(sed -n 's/^CONFIG_//p' "$tmp/new" | paste -sd' ')
	check "Debian's configuration with $* asks ${got:-nothing}, is to ask ${want:-nothing}" [ "$got" = "$want" ]
}

# excludes ARCH SYMBOL PAGES: SYMBOL depends on !PAGES
excludes()
{
	sed -n "/^config $2\$/,/^config /p" "$src/arch/$1/Kconfig" | grep -x "[[:space:]]depends on !$3" >/dev/null
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
# The pool needs pages of 4 KiB
default DYNAMIC_DEBUG_ZSMALLOC y arm64 DYNAMIC_DEBUG=y SWAP=y ZSWAP=y ZSMALLOC=y ARM64_4K_PAGES=y
default DYNAMIC_DEBUG_ZSMALLOC n arm64 DYNAMIC_DEBUG=y SWAP=y ZSWAP=y ZSMALLOC=y ARM64_64K_PAGES=y
# and physical addresses of less than 40 bits, or objects could cross pages
pool=(MMU=y DYNAMIC_DEBUG=y SWAP=y ZSWAP=y ZSMALLOC=y DYNAMIC_DEBUG_ZSMALLOC=y)
default DYNAMIC_DEBUG_ZSMALLOC y arm "${pool[@]}" ARCH_MULTI_V7=y
default DYNAMIC_DEBUG_ZSMALLOC n arm "${pool[@]}" ARCH_MULTI_V6=n ARCH_MULTI_V7=y ARM_LPAE=y
# of the architectures that have so many on 32-bit, the others exclude such pages themselves
check "40 bits on 32-bit: arc, arm and mips only" [ "$(cd "$src" &&
	grep -rlE 'define MAX_POSSIBLE_PHYSMEM_BITS[^0-9]*(3[7-9]|4[0-9])' arch | cut -d/ -f2 | sort | paste -sd' ')" = 'arc arm mips' ]
check "ARC_HAS_PAE40 excludes pages of 4 KiB" excludes arc ARC_HAS_PAE40 ARC_PAGE_SIZE_4K
check "XPA excludes pages of 4 KiB" excludes mips CPU_MIPS32_R5_XPA PAGE_SIZE_4KB
# What distributions choose. Debian: zsmalloc built in, no KUnit. Fedora: KUnit as a module
# as well. Kernel testers: KUnit built in. Android: DYNAMIC_DEBUG_CORE alone, zsmalloc as a
# module. Last, no dynamic debug.
question DYNAMIC_DEBUG_ZSMALLOC=y ZSMALLOC=y
question DYNAMIC_DEBUG_ZSMALLOC=y ZSMALLOC=y KUNIT=m
question 'DYNAMIC_DEBUG_ZSMALLOC=y DYNAMIC_DEBUG_KUNIT_TEST=n' ZSMALLOC=y KUNIT=y RUNTIME_TESTING_MENU=y
question '' ZSMALLOC=m ZSWAP=n DYNAMIC_DEBUG=n DYNAMIC_DEBUG_CORE=y
question '' ZSMALLOC=y DYNAMIC_DEBUG=n DYNAMIC_DEBUG_CORE=n
finish
