#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# codec.sh [SECONDS]: fuzz the series' codec, the very file that the kernel
# compiles, in userspace under AddressSanitizer and UBSan; half of the time the
# decoder, half of it round trips.
. "$(dirname "$0")/../scripts/lib.sh"

seconds=${1:-60}
need_packages clang libclang-rt-dev
src=$("$top/scripts/source" all)
[ -f "$src/lib/dynamic_debug_codec.c" ] || die "the series holds no lib/dynamic_debug_codec.c"
scratch
passed=0 failed=0
for target in decode roundtrip; do
	clang -g -O1 -Wall -Wextra -Werror -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all -I"$src/lib" -I"$src/tools/include" \
		"$top/tests/codec/$target.c" "$src/lib/dynamic_debug_codec.c" -o "$tmp/$target"
	if "$tmp/$target" -max_total_time=$((seconds / 2)) -max_len=6000 \
		-artifact_prefix="$tmp/$target-" >"$tmp/log" 2>&1; then
		grep '^Done' "$tmp/log" | sed "s/^/ok - $target: /"
		passed=$((passed + 1))
	else
		tail -n 40 "$tmp/log"
		echo "not ok - $target"
		find "$tmp" -name "$target-*" -type f -exec base64 {} +
		failed=$((failed + 1))
	fi
done
echo "codec: $passed passed, $failed failed, 0 skipped"
[ $failed = 0 ]
