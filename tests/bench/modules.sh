#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# modules.sh CONFIG SERIES: what modules take, those that they need counted apart.
#
# Keys are mod.NAME.ITEM; ITEM is        which is
#   sites                                callsites in control
#   hot, cold                            bytes of their sections in the file
#   core, init                           module memory as it comes, in pages; init is freed
#   coresize, initsize                   what sysfs says of these once it is there
#   packed, blocks, store                as in the file "memory": packed bytes, blocks in the
#                                        pool, bytes in slab
. "$(dirname "$0")/lib.sh"

start "$@"
case $config in
debian) modules=(bluetooth cifs e1000e) ;;
*)
	modules=(many test_dynamic_debug)
	build_module "$obj" "$top/tests/many" "$tmp/files" ;;
esac
build_module "$obj" "$top/tests/bench/coming" "$tmp/files"
printf '%s\n' "${modules[@]}" >"$tmp/files/modules"
measure modules >"$tmp/figures"
cat "$tmp/figures"
# the sections of all that came
sed -n 's/^@ mod\.\(.*\)\.core .*/\1/p' "$tmp/figures" | while read -r name; do
	file=$(find "$obj" "$tmp/files" -name "$(printf %s "$name" | sed 's/_/[_-]/g').ko" | head -n1)
	size -A "$file" | awk -v name="$name" '
		$1 == "__dyndbg" { print "@ mod." name ".hot", $2 }
		$1 == ".init.dyndbg_sites" { print "@ mod." name ".cold", $2 }'
done
