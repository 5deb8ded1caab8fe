#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest.sh [CONFIG [SECONDS [TEST...]]]: run tests of tests/guest/ in one boot of the
# patched kernel, with the modules that they load; SECONDS is for those that take a
# duration. If none is named: those that suit any boot and that the configuration has
# the options for; the debug configuration has all but race. Prints KTAP.
. "$(dirname "$0")/../scripts/lib.sh"

config=${1:-debug} seconds=${2:-}
check_config "$config"
arch_of "$config"
choose_base ""
obj=$("$top/scripts/kernel" "$config" all | tail -n1)
scratch
mkdir "$tmp/files"
cp "$top"/tests/guest/*.sh "$tmp/files/"
tests=("${@:3}")
if [ ${#tests[@]} = 0 ]; then
	tests=(byhand prefix gone contexts churn)
	# its module and the callsite of a CPU that comes up are of x86
	! grep -q '^CONFIG_X86=y' "$obj/.config" || tests+=(hotplug)
	h=$obj/source/include/linux/dynamic_debug.h
	[ -e "$h" ] || die "there is no $h"
	! grep -q _DPRINTK_FLAGS_INCL_STACK "$h" || tests+=(dumps)
	! grep -q '^CONFIG_DYNAMIC_DEBUG_KUNIT_TEST=y' "$obj/.config" || tests+=(kunit)
	! grep -q '^CONFIG_KASAN=y' "$obj/.config" || tests+=(going)
	! grep -q '^CONFIG_KCSAN=y' "$obj/.config" || tests+=(race)
	! grep -q '^CONFIG_FAULT_INJECTION_DEBUG_FS=y' "$obj/.config" || tests+=(faults)
	! grep -q '^CONFIG_ZSMALLOC=y' "$obj/.config" || tests+=(zsmalloc)
fi
# the modules that these load: ./name.ko, or ./debug/name.ko, compiled with -DDEBUG
for ko in $(cd "$tmp/files" && grep -oh '\./[a-z_/]*\.ko' "${tests[@]/%/.sh}" | sort -u); do
	flag=$(basename "$(dirname "$ko")")
	[ "$flag" != . ] || flag=
	mkdir -p "$tmp/files/$(dirname "$ko")"
	build_module "$obj" "$top/tests/$(basename "$ko" .ko)" "$tmp/files/$(dirname "$ko")" ${flag:+KCFLAGS=-D${flag^^}}
done
# and the program, with its seed
case " ${tests[*]} " in *' fuzz '*)
	build_program tests/fuzz/fuzz.c "$tmp/files/fuzz"
	choose_seed
	echo "$SEED" >"$tmp/files/seed" ;;
esac
cat >"$tmp/script" <<END
for test in ${tests[*]}; do
	sh ./\$test.sh $seconds || echo "\$test failed"
done
END
rc=0
# newer kernels do not run KUnit at boot unless told to
export APPEND="${APPEND:-} kunit.autorun=1"
CONFIG=$config SERIES=all FILES=$tmp/files TIMEOUT=$((1800 + 2 * ${seconds:-0})) "$top/scripts/guest" "$tmp/script" >"$tmp/out" || rc=$?
cat "$tmp/out"
# a test that ended without its counts, and a report in the log, are failures
awk -v rc=$rc -v tests=${#tests[@]} '
	/^[a-z]+: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ { n++; passed += $2; failed += $4 }
	END {
		if (n < tests) failed += tests - n
		if (rc) failed++
		printf "1..%d\n%d passed, %d failed\n", passed + failed, passed, failed
		exit failed > 0
	}' "$tmp/out"
