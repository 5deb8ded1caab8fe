// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer target: the reader copes with any bytes. Whatever they are, it ends,
 * and stays within them; and a group reads the same twice.
 *
 * Input: two bytes for the number of rows, two for the top and the bottom of a
 * group's index, then the block.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dynamic_debug_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t size);

/* Read a group and whatever is behind it. Returns the number of rows. */
static unsigned int rows_of(const uint8_t *block, size_t size, unsigned int count,
			    unsigned int group, struct ddebug_row *last)
{
	struct ddebug_reader reader;
	unsigned int rows = 0;
	int err;

	err = ddebug_read_start(&reader, 0x1000, block, size, count, group);
	while (!err) {
		const uint8_t *p = reader.p;

		if (p < block || p > reader.end || reader.end > block + size)
			abort();
		err = ddebug_read_row(&reader);
		if (err)
			break;
		/* two bytes a row at least */
		if (reader.p < p + 2 || reader.p > p + DDEBUG_ROW_MAX)
			abort();
		*last = reader.state.row;
		rows++;
		if (reader.p == reader.end && !ddebug_read_row(&reader))
			abort();
		if (reader.p == reader.end)
			break;
	}
	if (err && err != -EINVAL)
		abort();
	return rows;
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	unsigned int count, any, group, rows;
	struct ddebug_row one, two;
	uint8_t *block;

	if (size < 4)
		return 0;
	count = in[0] | in[1] << 8;
	any = (unsigned int)in[2] << 28 | in[3];
	size -= 4;
	/* a buffer of its very size, for AddressSanitizer to watch its ends */
	block = malloc(size);
	memcpy(block, in + 4, size);

	for (group = 0; group <= count / DDEBUG_GROUP; group++) {
		rows = rows_of(block, size, count, group, &one);
		if (rows && (rows_of(block, size, count, group, &two) != rows ||
			     memcmp(&one, &two, sizeof(one))))
			abort();
	}
	if (rows_of(block, size, count, group, &one) ||
	    (any > count && rows_of(block, size, count, any, &one)))
		abort();
	free(block);
	return 0;
}
