#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# estimate.sh CONFIG none RESULTS: what "make estimate" says of that kernel, with the
# figures of the series from RESULTS/results*.json: est.ROW.COLUMN, in bytes.
#
# ROW is descriptors, tables, slab, pages, pool, code or all; COLUMN is now, pool (with one) or
# slab (without). est.names and est.formats are the strings. The file is one that report.py collects.
. "$(dirname "$0")/lib.sh"

results=$3
start "$1" "$2"
MODULES='' VMLINUX=$obj/arch/x86/boot/bzImage RESULTS=$results "$top/scripts/estimate" >"$tmp/out" 2>"$tmp/err" ||
	die "no estimate of $config: $(tail -n1 "$tmp/err")"
made_by "tests/bench/estimate.sh $config $series docs"
# the numbers are the last three words; a dash is no memory
tr -d , <"$tmp/out" | tr '\n' ' ' | sed -n 's/.*; names \([0-9]*\); formats \([0-9]*\);.*/@ est.names \1\n@ est.formats \2\n/p'
tr -d , <"$tmp/out" | awk '
	/^  descriptors/ { row = "descriptors" }
	/^  tables/ { row = "tables" }
	/^  packed sites slab/ { row = "slab" }
	/^  packed sites pages/ { row = "pages" }
	/^  the pool itself/ { row = "pool" }
	/^  code/ { row = "code" }
	/^  all of these/ { row = "all" }
	row {
		print "@ est." row ".now", $(NF - 2) + 0
		print "@ est." row ".pool", $(NF - 1) + 0
		print "@ est." row ".slab", $NF + 0
		row = ""
	}'
