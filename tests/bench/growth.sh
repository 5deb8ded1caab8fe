#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# growth.sh CONFIG SERIES: what modules with 10, 100, 1,000, 10,000 and 100,000
# callsites take in that kernel. Prints lines "@ KEY NUMBER"; instructions as in
# instructions.sh, with .spread. KEY, for N callsites:
#
#  growth.N.sections.hot, .cold	bytes of __dyndbg and __dyndbg_sites in its file
#  growth.N.coresize, .initsize	the module's memory that stays, and that its init is
#				freed with, bytes
#  growth.N.packed_bytes, .blocks, .pooled, .slab_bytes	its line in the file "memory"
#  growth.N.load, .unload	instructions; .load.wall, .unload.wall with waiting
#  growth.N.query.{func,format,line}.{same,on,off}	a query that matches the last
#				callsite and no other; it changes nothing, or +p, -p
#  growth.N.query.module.same	a query that matches all
#  growth.N.control		reading control, 64 KiB a read
#  growth.N.control_lines	its lines
#  growth.control		reading control without the module
. "$(dirname "$0")/lib.sh"

start "$@"
for n in 10 100 1000 10000 100000; do
	mkdir -p "$tmp/source/growth_$n"
	awk -v n=$n -v dir="$tmp/source/growth_$n" -f "$top/tests/bench/growth/module.awk"
	say "==> module of $n callsites"
	build_module "$obj" "$tmp/source/growth_$n" "$tmp/files" -j"$jobs"
	# the module linker script renames the cold one
	readelf -SW "$tmp/files/growth_$n.ko" | sed -nE 's/^ *\[ *[0-9]+\] (__dyndbg|\.init\.dyndbg_sites) +[A-Z]+ +[0-9a-f]+ [0-9a-f]+ ([0-9a-f]+) .*/\1 \2/p' |
		while read -r section bytes; do
			echo "@ growth.$n.sections.$([ "$section" = __dyndbg ] && echo hot || echo cold) $((0x$bytes))"
		done
done
MEM=2G count growth
