#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# codec.sh [SECONDS]: fuzz the series' codec, the same file that the kernel
# compiles, in userspace under AddressSanitizer and UBSan; half of the time the
# decoder, half of it round trips. "codec.sh runs N" gives the decoder N inputs
# instead, and a tenth of that to round trips, which are slow; "codec.sh build" only
# compiles.
# Both start with what is in tests/codec/fixtures/ and mutate it: blocks packed
# from rows in the order of a compiler, one of them with a bad offset; rows, and
# rows that are far apart. Inputs that found a bug are added there, too.
. "$(dirname "$0")/../scripts/lib.sh"

choose_base ""
seconds=${1:-60}
case $seconds in
build) ;;
runs) limit=-runs=${2:?"usage: codec.sh runs N"} ;;
*) limit=-max_total_time=$((seconds / 2)) ;;
esac
need_packages clang libclang-rt-dev
src=$("$top/scripts/source" all)
[ -f "$src/lib/dynamic_debug_codec.c" ] || die "the series has no lib/dynamic_debug_codec.c"
scratch
passed=0 failed=0
for target in decode roundtrip; do
	corpus=$tmp/$target-corpus
	cp -r "$top/tests/codec/fixtures/$target" "$corpus"
	[ "$target $seconds" != 'roundtrip runs' ] || limit=-runs=$(($2 / 10))
	clang -g -O1 -Wall -Wextra -Werror -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all -I"$src/lib" -I"$src/tools/include" \
		"$top/tests/codec/$target.c" "$src/lib/dynamic_debug_codec.c" -o "$tmp/$target"
	[ "$seconds" != build ] || continue
	if "$tmp/$target" "$limit" -max_len=6000 -artifact_prefix="$tmp/$target-" "$corpus" >"$tmp/log" 2>&1; then
		grep '^Done' "$tmp/log" | sed "s/^/ok - $target: /"
		passed=$((passed + 1))
	else
		tail -n 40 "$tmp/log"
		echo "not ok - $target"
		find "$tmp" -name "$target-*" -type f -exec base64 {} +
		failed=$((failed + 1))
	fi
done
echo "1..$((passed + failed))"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
