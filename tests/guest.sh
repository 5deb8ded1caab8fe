#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest.sh [CONFIG]: run tests/guest/*.sh in one boot of the patched kernel,
# with the module of tests/many beside them. They want the debug configuration.
. "$(dirname "$0")/../scripts/lib.sh"

config=${1:-debug}
obj=$("$top/scripts/kernel" "$config" all | tail -n1)
scratch
cp -r "$top/tests/many" "$tmp/many"
make -s -C "$obj" M="$tmp/many" modules >"$tmp/log" 2>&1 || die "cannot build tests/many: $(grep -m1 error "$tmp/log")"
mkdir "$tmp/files"
cp "$tmp/many/many.ko" "$top"/tests/guest/*.sh "$tmp/files/"
cat >"$tmp/script" <<'END'
for test in kunit faults churn; do
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
		if (n < 3) failed += 3 - n
		if (rc) failed++
		printf "guest: %d passed, %d failed, 0 skipped\n", passed, failed
		exit failed > 0
	}' "$tmp/out"
