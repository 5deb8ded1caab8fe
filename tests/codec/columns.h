/* SPDX-License-Identifier: GPL-2.0 */
/* What both fuzz targets do with columns and records. */
#include "dynamic_debug_codec.h"

/* The record at or before @i that has a text of its own. */
static inline unsigned int run(uint32_t starts, unsigned int i)
{
	while (!(starts >> i & 1))
		i--;
	return i;
}

static inline struct ddebug_record record_of(const struct ddebug_columns *columns,
					     unsigned int i)
{
	return (struct ddebug_record) {
		.modname = columns->modname[run(columns->new_file, i)],
		.filename = columns->filename[run(columns->new_file, i)],
		.function = columns->function[run(columns->new_function, i)],
		.format = columns->format[i],
		.line = columns->line[i],
	};
}

static inline int same(const struct ddebug_record *a, const struct ddebug_record *b)
{
	return a->modname == b->modname && a->function == b->function &&
	       a->filename == b->filename && a->format == b->format &&
	       a->line == b->line;
}
