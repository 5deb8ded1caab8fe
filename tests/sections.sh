#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# sections.sh [CONFIG]: in the files of the patched kernel, sites are in init memory: those
# of the kernel between __init_begin and __init_end, those of a module in a section whose
# name makes it init memory for the loader; and struct module is not larger. Prints KTAP.
. "$(dirname "$0")/../scripts/lib.sh"
. "$(dirname "$0")/lib.sh"

config=${1:-lean}
choose_base ""
obj=$("$top/scripts/kernel" "$config" all | tail -n1)
old=$("$top/scripts/kernel" "$config" none | tail -n1)
scratch

# at SYMBOL: its address in vmlinux
at() { nm "$obj/vmlinux" | awk -v name="$1" '$3 == name { print "0x" $1 }'; }

kernel_sites()
{
	local begin start stop end
	begin=$(at __init_begin) start=$(at __start___dyndbg_sites) stop=$(at __stop___dyndbg_sites) end=$(at __init_end)
	echo "# __init_begin $begin, sites from $start to $stop, __init_end $end"
	[ -n "$begin" ] && [ -n "$start" ] && [ -n "$stop" ] && [ -n "$end" ] &&
		[ $((begin <= start && start < stop && stop <= end)) = 1 ]
}

# module_sites: each module has as many sites as descriptors
module_sites()
{
	local ko bad=0 seen=0 descs sites outside
	while read -r ko; do
		read -r descs sites outside < <(readelf -WS "$ko" | sed 's/^ *\[ *[0-9]*\]//' | awk '
			{ size[$1] = $5 }
			function of(name) { return "0x" (name in size ? size[name] : 0) }
			END { print of("__dyndbg"), of(".init.dyndbg_sites"), of("__dyndbg_sites") }')
		[ $((descs)) = 0 ] || seen=$((seen + 1))
		# 16 bytes per descriptor, 48 per site
		[ $((descs * 3)) = $((sites)) ] && [ $((outside)) = 0 ] ||
			{ echo "# ${ko#"$obj"/}: $descs bytes of descriptors, $sites of sites in init memory, $outside not"; bad=1; }
	done < <(find "$obj" -name '*.ko')
	echo "# $seen modules have callsites"
	[ $bad = 0 ] && [ $seen != 0 ]
}

# this_module OBJ: bytes of struct module, which each module contains
this_module() { size -A "$1/drivers/net/dummy.ko" | awk '$1 == ".gnu.linkonce.this_module" { print $2 }'; }

same_module()
{
	echo "# struct module: $(this_module "$old") bytes, with the series $(this_module "$obj")"
	[ -n "$(this_module "$obj")" ] && [ "$(this_module "$obj")" = "$(this_module "$old")" ]
}

check 'the sites of the kernel are in init memory' kernel_sites
check 'and those of modules' module_sites
check 'struct module is not larger' same_module
finish
