// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's codec, for codec.py and control.py to call: pack a block, and read a
 * group of one.
 */
#include <string.h>

#include "dynamic_debug_codec.h"

/* Returns how many of the rows fit; *size is the size of the block. */
unsigned int pack(unsigned long base, const struct ddebug_row *rows, unsigned int count,
		  u8 *block, unsigned int *size);
int unpack(unsigned long base, const u8 *block, unsigned int size, unsigned int count,
	   unsigned int group, struct ddebug_row *rows);

unsigned int pack(unsigned long base, const struct ddebug_row *rows, unsigned int count,
		  u8 *block, unsigned int *size)
{
	struct ddebug_packer packer;
	unsigned int i;

	ddebug_pack_start(&packer, base);
	for (i = 0; i < count; i++)
		if (ddebug_pack_row(&packer, &rows[i]))
			break;
	*size = ddebug_pack_end(&packer);
	memcpy(block, packer.data, *size);
	return i;
}

int unpack(unsigned long base, const u8 *block, unsigned int size, unsigned int count,
	   unsigned int group, struct ddebug_row *rows)
{
	struct ddebug_reader reader;
	unsigned int i;
	int err;

	err = ddebug_read_start(&reader, base, block, size, count, group);
	for (i = group * DDEBUG_GROUP; !err && i < count && i < (group + 1) * DDEBUG_GROUP; i++) {
		err = ddebug_read_row(&reader);
		*rows++ = reader.state.row;
	}
	return err;
}
