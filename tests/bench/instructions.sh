#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# instructions.sh CONFIG SERIES: how many instructions things take in that kernel.
# Prints lines "@ KEY NUMBER". What is repeated in a boot is a median, and
# KEY.spread is the most less the least. Instructions are those of the process,
# interrupts at its cost included; what others do for it later is not, and no
# waiting. Boots of the same kernel and files repeat, but for the odd tick (3,600). KEY:
#
#  ins.disabled.with, .without	1,000 turns of a loop that calls a function with a
#				callsite that is off, and without
#  ins.disabled.code_bytes, .code_insns		of that function in the module,
#  ins.disabled.code_bytes_without, .code_insns_without	and of the one without
#  ins.enabled.{few,many}.{p,pm,pmfl,pmflts}.{least,median,most}	a message that goes
#				to no console, from each callsite of a module with
#				11, and with 1,001; they differ in their place in a block
#  ins.enabled.{few,many}.call	the same call without a callsite (to be subtracted)
#  ins.enabled.kernel.{off,p,pm,pmfl,pmflts}	finit_module() of a bad file: a callsite
#				of the kernel; "off" is the system call alone
#  ins.control.{4k,64k}		reading control, 4 or 64 KiB a read; its lines are
#  ins.control.lines		so many
#  ins.control.on		the same, 64 KiB, with every callsite +pmfl
#  ins.query.WHAT.matches	callsites that a query matches. WHAT: module, file, func,
#				format, line, class, fileline (both);
#				.none .one .many, of a plain text; .wild-none .wild-one
#				.wild-many of one with * or ?; of formats: with ^
#  ins.query.WHAT.same		that query if it changes nothing
#  ins.query.WHAT.on, .off	+p and -p
#  ins.query.WHAT.prefix-on, .prefix-off	+pmfl and -pmfl
#  ins.class.{on,off}		a class parameter of test_dynamic_debug: all ten classes
#  ins.load.MODULE, ins.unload.MODULE	MODULE: thousand (calls.ko), test_dynamic_debug,
#  and .wall			many; with CONFIG=debian also bluetooth.  wall: the time
#				until it returns, waiting included
#  ins.boot.init		microseconds until init runs
#  ins.boot.INITCALL		and in each initcall of dynamic debug: dynamic_debug_init packs
#				the sites of the kernel, ddebug_pool_init moves them to the pool
. "$(dirname "$0")/lib.sh"

start "$@"
mkdir "$tmp/files/few"
build_module "$obj" "$top/tests/bench/instructions/calls" "$tmp/files/few" KCFLAGS=-DFEW
build_module "$obj" "$top/tests/bench/instructions/calls" "$tmp/files"
build_module "$obj" "$top/tests/many" "$tmp/files"

# code FUNCTION: its bytes and its instructions in calls.ko
code()
{
	local bytes
	bytes=$(nm -S "$tmp/files/calls.ko" | awk -v f="$1" '$4 == f { print $2 }')
	[ -n "$bytes" ] || die "calls.ko has no function $1"
	echo $((0x$bytes)) "$(objdump -d --no-show-raw-insn --disassemble="$1" "$tmp/files/calls.ko" | grep -cE '^ +[0-9a-f]+:')"
}
for pair in calls_with: calls_without:_without; do
	read -r bytes insns < <(code "${pair%:*}")
	echo "@ ins.disabled.code_bytes${pair#*:} $bytes"
	echo "@ ins.disabled.code_insns${pair#*:} $insns"
done
# with the timer of the local APIC, the kernel log's clock stands still in early initcalls;
# with the HPET, it jumps by a tick in one of Debian's
MEM=512M count instructions initcall_debug log_buf_len=8M nolapic_timer hpet=disable
