// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer target: the decoder reads any bytes. Whatever they are, it ends,
 * stays within them, and says the same by seeking as by reading on.
 *
 * Input: two bytes for the number of records, then the block.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dynamic_debug_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	struct ddebug_decoder dec, there;
	unsigned int count, i;
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
	if (dec.end > size)
		abort();
	for (i = 0; !(err = ddebug_decode_next(&dec)); i++) {
		if (dec.pos > dec.end || i >= count)
			abort();
	}
	if (err == -ERANGE ? i != count : err != -EBADMSG || dec.pos > dec.end)
		abort();
	/* by seeking, strides come from the table; it may lead anywhere */
	for (i = 0; i < count; i += 7) {
		ddebug_decode_start(&there, 0x1000, block, size, count);
		err = ddebug_decode_seek(&there, i);
		if (!err)
			err = ddebug_decode_next(&there);
		if (err && err != -EBADMSG)
			abort();
	}
	if (ddebug_decode_seek(&dec, count) != -ERANGE)
		abort();
out:
	free(block);
	return 0;
}
