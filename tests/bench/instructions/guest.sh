#!/bin/sh
# shellcheck disable=SC2154 # pick sets them
# SPDX-License-Identifier: GPL-2.0
# What tests/bench/instructions.sh runs in the guest; the keys are explained there.

set -e
control=/proc/dynamic_debug/control
dd=/sys/module/test_dynamic_debug/parameters
calls=/sys/module/calls/parameters

# sites FLAG: how many callsites have it
sites() { grep -c " =[a-z]*$1[a-z]* \"" $control || :; }

# query KEY SPEC: one that changes nothing; then, if it matches any, on and off
query()
{
	echo "ins.query.$1: $2"
	echo "$2 +t" >$control
	matches=$(sites t)
	echo "$2 -t" >$control
	echo "@ ins.query.$1.matches $matches"
	./count 21 write $control "ins.query.$1.same=$2 -p"
	[ "$matches" != 0 ] || return 0
	./count 21 write $control "ins.query.$1.on=$2 +p" "ins.query.$1.off=$2 -p"
	./count 21 write $control "ins.query.$1.prefix-on=$2 +pmfl" "ins.query.$1.prefix-off=$2 -pmfl"
}

# What the kernel has in the middle of its list is searched for, so that both
# kernels of a configuration are asked the same. Callsites of kernel/module/main.c
# are left out: they have other lines in the patched one. "one" is the first text
# behind the middle that one callsite has, "many" the one that most have.
pick()
{
	awk '!/^#/ && !/^kernel\/module\/main\.c:/ {
		line = $0
		split(line, part, /:| \[|\]| =/)	# file:line [module]func =flags
		file[n] = part[1]; number[n] = part[2]; module[n] = part[3]; func_[n] = part[4]
		sub(/^[^"]*"/, "", line); sub(/"[^"]*$/, "", line); sub(/\\n$/, "", line)
		format[n] = line
		files[part[1]]++; numbers[part[2]]++; modules[part[3]]++; funcs[part[4]]++
		n++
	}
	function most(of, each,   i, best) {
		for (i = 0; i < n; i++)
			if (best == "" || of[each[i]] > of[best]) best = each[i]
		return best
	}
	function once(of, each,   i) {
		for (i = int(n / 2); i < n; i++)
			if (of[each[i]] == 1) return each[i]
	}
	function only(   i, j, found) {
		for (i = int(n / 2); i < n; i++) {
			if (format[i] !~ /^[A-Za-z][A-Za-z %:_,.=-]*[a-z]$/ || length(format[i]) < 12) continue
			found = 0
			for (j = 0; j < n; j++) if (index(format[j], format[i])) found++
			if (found == 1) return format[i]
		}
	}
	END {
		print "module_one=" once(modules, module)
		print "module_many=" most(modules, module)
		print "file_one=" once(files, file)
		print "file_many=" most(files, file)
		print "func_one=" once(funcs, func_)
		print "func_many=" most(funcs, func_)
		print "line_one=" once(numbers, number)
		print "fileline_one=" file[int(n / 2)] ":" number[int(n / 2)]
		print "format_one=\"" only() "\""
	}' $control
}

# stamp REGEX: of the first such line of the log, in microseconds
stamp() { dmesg | sed -n "s/^\[ *\([0-9]*\)\.\([0-9]*\)\] $1.*/\1\2/p" | sed 's/^0*//' | head -n1; }

# a boot leaves work to kernel threads; what sleeps takes no instructions
sleep 10
dmesg -n 1
echo "@ ins.boot.init $(stamp 'Run \/init as init process')"
for call in $(dmesg | sed -n 's/^[^]]*\] initcall \(dynamic_debug_[a-z_]*\|ddebug_[a-z_]*\)+.*returned.*/\1/p'); do
	echo "@ ins.boot.$call $(($(stamp "initcall $call+") - $(stamp "calling  $call+")))"
done

pick >/tmp/picked
# shellcheck disable=SC1091
. /tmp/picked
echo "@ ins.control.lines $(grep -vc '^#' $control)"
./count 11 read $control ins.control.4k=4096 ins.control.64k=65536

query module.none 'module nosuchmodule'
query module.one "module $module_one"
query module.many "module $module_many"
query module.wild-none 'module no*such'
query module.wild-one "module ?${module_one#?}"
query module.wild-many 'module p*'
query file.none 'file nosuchfile.c'
query file.one "file $file_one"
query file.many "file $file_many"
query file.wild-none 'file no*such.c'
query file.wild-one "file *${file_one#?}"
query file.wild-many 'file drivers/base/*'
query func.none 'func nosuchfunction'
query func.one "func $func_one"
query func.many "func $func_many"
query func.wild-none 'func no*such'
query func.wild-one "func *${func_one#?}"
query func.wild-many 'func *init*'
query format.none 'format "no such format"'
query format.one "format \"$format_one\""
query format.many 'format %d'
query format.wild-none 'format "^no such format"'
query format.wild-one "format \"^$format_one\""
query format.wild-many 'format ^%s'
query line.none 'line 99999'
query line.one "line $line_one"
query line.many 'line 100-199'
query fileline.one "file ${fileline_one%:*} line ${fileline_one#*:}"

echo '+pmfl' >$control
./count 5 read $control ins.control.on=65536
echo '=_' >$control

modprobe test_dynamic_debug
query class.none 'class NO_SUCH'
query class.many 'class D2_CORE'
./count 21 write $dd/p_disjoint_bits ins.class.on=0x3ff ins.class.off=0
rmmod test_dynamic_debug

for flags in '' p pm pmfl pmflts; do
	echo "format \"finit_module: fd=\" =${flags:-_}" >$control
	./count 101 refused "ins.enabled.kernel.${flags:-off}"
done
echo '=_' >$control

for size in few many; do
	[ $size = many ] && insmod ./calls.ko || insmod ./few/calls.ko
	if [ $size = many ]; then
		cat $calls/disabled >/dev/null
		read -r with without <$calls/disabled
		echo "@ ins.disabled.with $with"
		echo "@ ins.disabled.without $without"
	fi
	for flags in p pm pmfl pmflts; do
		echo "module calls func f_* =$flags" >$control
		cat $calls/enabled >/dev/null
		read -r least median most call <$calls/enabled
		echo "@ ins.enabled.$size.$flags.least $least"
		echo "@ ins.enabled.$size.$flags.median $median"
		echo "@ ins.enabled.$size.$flags.most $most"
	done
	echo "@ ins.enabled.$size.call $call"
	echo '=_' >$control
	rmmod calls
done

./count 11 load ./calls.ko ins.load.thousand ins.unload.thousand
./count 11 load ./many.ko ins.load.many ins.unload.many
./count 11 load "$(find /lib/modules -name test_dynamic_debug.ko)" \
	ins.load.test_dynamic_debug ins.unload.test_dynamic_debug
if modprobe bluetooth 2>/dev/null && rmmod bluetooth; then
	./count 11 load "$(find /lib/modules -name bluetooth.ko)" ins.load.bluetooth ins.unload.bluetooth
fi
