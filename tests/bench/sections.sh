#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# sections.sh CONFIG SERIES: what that kernel was built to, code.KEY as scripts/sections
# prints them. It is not booted: without dynamic debug there is nothing to look at.
. "$(dirname "$0")/lib.sh"

start "$@"
"$top/scripts/sections" "$obj" | sed 's/^/@ code./'
