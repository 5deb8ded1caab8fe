#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# For SECONDS (60): random operations on the whole interface from several processes at
# once, see tests/fuzz/fuzz.c. The kernel's log is the verdict, and that all is as it was
# in the end. The seed is in the file "seed".

. ./lib.sh
seconds=${1:-60}
modules="$(find /lib/modules -name test_dynamic_debug.ko) ./many.ko ./contexts.ko ./byhand.ko"

load() { for ko in $modules; do insmod "$ko" || return; done; }

unload() { for ko in $modules; do rmmod "$(basename "$ko" .ko)" 2>/dev/null; done; }

# figures: of each line of memory those that queries do not change; how many bytes a module
# takes depends on where its sections are
figures() { awk 'NF > 2 { print $1, $2, $1 == "kernel" ? $3 : "-", $4 }' $memory; }

quiet
# not every kernel has all that it takes
[ -e /sys/kernel/debug/failslab/require-start ] && faults=1 || faults=
cgroup=
mkdir /tmp/cgroup
if mount -t cgroup2 cgroup2 /tmp/cgroup 2>/dev/null && echo +memory >/tmp/cgroup/cgroup.subtree_control; then
	cgroup=/tmp/cgroup/fuzz
	mkdir $cgroup
fi
read -r seed <./seed
echo "# seed $seed"
check "modules are loaded" load
# some files of the kernel have their callsites on
echo '=_' >$control
cat $control >/tmp/before
figures >/tmp/figures-before
# shellcheck disable=SC2046,SC2086 # lists
check "$seconds seconds: each line of control is whole" \
	./fuzz "$seed" "$seconds" $(our_text) "$cgroup" $modules >/tmp/done
cat /tmp/done
for what in "queries" "parameters" "reads" "messages" "modules" "modules, the same" \
		"short memory" ${faults:+"allocations fail"} ${cgroup:+"memory limits"} "CPUs off and on"; do
	check "$what went on" grep -q "^# $what: [1-9]" /tmp/done
done
for what in "queries" "parameters" "modules"; do
	check "$what: some failed" grep -q "^# $what: .* [1-9][0-9]* refused" /tmp/done
done
[ -z "$faults" ] || check "queries: some had no memory" grep -q '^# queries.* [1-9][0-9]* without memory' /tmp/done
[ -z "$cgroup" ] || check "some processes were killed for want of memory" grep -q ' [1-9][0-9]* killed' /tmp/done

unload
echo 0 >/sys/module/dynamic_debug/parameters/verbose
echo '=_' >$control
check "modules are loaded again" load
cat $control >/tmp/after
check "control is as it was" cmp /tmp/before /tmp/after
diff /tmp/before /tmp/after | head -n 5
figures >/tmp/figures-after
check "as many sites are packed as were" cmp /tmp/figures-before /tmp/figures-after
diff /tmp/figures-before /tmp/figures-after | head -n 5
[ -z "$(objects)" ] || check "the pool holds $(objects) objects, a block each" test "$(objects)" = "$(column 5)"
unload
finish fuzz
