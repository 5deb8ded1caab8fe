// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer target: the decoder reads any bytes. Whatever they are, it ends,
 * stays within them, and says the same of one record as of its stride.
 *
 * Input: two bytes for the number of records, then the block.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	unsigned int count, stride, strides, column, i;
	struct ddebug_record one, all;
	struct ddebug_columns columns;
	struct ddebug_decoder dec;
	uint8_t *block;
	int err;

	if (size < 2)
		return 0;
	count = in[0] | in[1] << 8;
	size -= 2;
	/* a buffer of its very size, for AddressSanitizer to watch its ends */
	block = malloc(size);
	memcpy(block, in + 2, size);

	err = ddebug_decode_start(&dec, 0x1000, block, size, count);
	if (err && err != -EBADMSG)
		abort();
	if (err)
		goto out;
	if (dec.start > dec.end || dec.end > size)
		abort();

	strides = (count + DDEBUG_STRIDE - 1) / DDEBUG_STRIDE;
	for (stride = 0; stride < strides; stride++) {
		err = ddebug_decode_stride(&dec, stride);
		for (column = 0; !err && column < DDEBUG_NR_COLUMNS; column++)
			err = ddebug_decode_columns(&dec, 1U << column, &columns);
		if (err && err != -EBADMSG)
			abort();
		if (err) {
			/* the good records of a bad stride may be read, or not */
			err = ddebug_decode_record(&dec, stride * DDEBUG_STRIDE,
						   DDEBUG_ALL_COLUMNS, &one);
			if (err && err != -EBADMSG)
				abort();
			continue;
		}
		for (i = 0; i < dec.records; i += 7) {
			all = record_of(&columns, i);
			if (ddebug_decode_record(&dec, stride * DDEBUG_STRIDE + i,
						 DDEBUG_ALL_COLUMNS, &one) ||
			    !same(&one, &all))
				abort();
		}
	}
	if (ddebug_decode_stride(&dec, strides) != -ERANGE ||
	    ddebug_decode_record(&dec, count, DDEBUG_ALL_COLUMNS, &one) != -ERANGE)
		abort();
out:
	free(block);
	return 0;
}
