// SPDX-License-Identifier: GPL-2.0
/* Tells the size of a struct that lib/dynamic_debug.c keeps to itself. */
#undef MODULE	/* it is never one */
#include <../lib/dynamic_debug.c>

char size_of_table[sizeof(struct ddebug_table)];
