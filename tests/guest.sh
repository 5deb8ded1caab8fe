#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest.sh [CONFIG]: run the tests of tests/guest/ in one boot of the patched
# kernel, with the modules that they load. They want the debug configuration.
. "$(dirname "$0")/../scripts/lib.sh"

config=${1:-debug}
obj=$("$top/scripts/kernel" "$config" all | tail -n1)
scratch
mkdir "$tmp/files"
for module in many contexts; do
	build_module "$obj" "$top/tests/$module" "$tmp/files"
done
cp "$top"/tests/guest/*.sh "$tmp/files/"
cat >"$tmp/script" <<'END'
for test in kunit faults contexts churn; do
	sh ./$test.sh || echo "$test failed"
done
END
rc=0
CONFIG=$config SERIES=all FILES=$tmp/files TIMEOUT=1200 "$top/scripts/guest" "$tmp/script" >"$tmp/out" || rc=$?
cat "$tmp/out"
# a test that ended without its counts, and a report in the log, are failures
awk -v rc=$rc '
	/^[a-z]+: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ { n++; passed += $2; failed += $4 }
	END {
		if (n < 4) failed += 4 - n
		if (rc) failed++
		printf "guest: %d passed, %d failed, 0 skipped\n", passed, failed
		exit failed > 0
	}' "$tmp/out"
