// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's codec, for codec.py to call: pack records into a block, and
 * unpack one, each in one go.
 */
#include <errno.h>

#include "dynamic_debug_codec.h"

/* Returns how many of the records fit; *used is the size of the block. */
unsigned int pack(unsigned long base, const struct ddebug_record *records, unsigned int count,
		  u8 *block, unsigned int size, unsigned int *used);
int unpack(unsigned long base, const u8 *block, unsigned int size, unsigned int count,
	   struct ddebug_record *records);

unsigned int pack(unsigned long base, const struct ddebug_record *records, unsigned int count,
		  u8 *block, unsigned int size, unsigned int *used)
{
	struct ddebug_encoder enc;
	unsigned int i;

	ddebug_encode_start(&enc, base, block, size);
	for (i = 0; i < count; i++)
		if (ddebug_encode_add(&enc, &records[i]))
			break;
	*used = ddebug_encode_end(&enc);
	return i;
}

int unpack(unsigned long base, const u8 *block, unsigned int size, unsigned int count,
	   struct ddebug_record *records)
{
	unsigned int stride, i, file = 0, function = 0;
	struct ddebug_columns columns;
	struct ddebug_decoder dec;
	int err;

	err = ddebug_decode_start(&dec, base, block, size, count);
	for (stride = 0; !err && stride * DDEBUG_STRIDE < count; stride++) {
		err = ddebug_decode_stride(&dec, stride);
		if (!err)
			err = ddebug_decode_columns(&dec, DDEBUG_ALL_COLUMNS, &columns);
		for (i = 0; !err && i < dec.records; i++, records++) {
			if (columns.new_file >> i & 1)
				file = i;
			if (columns.new_function >> i & 1)
				function = i;
			records->modname = columns.modname[file];
			records->filename = columns.filename[file];
			records->function = columns.function[function];
			records->format = columns.format[i];
			records->line = columns.line[i];
		}
	}
	return err;
}
