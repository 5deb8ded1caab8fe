// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer target: what the encoder takes, the decoder gives back, by strides
 * and one by one; what does not fit leaves the block as it was.
 *
 * Input: two bytes for the size of the block, then records, 9 bytes each.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"

#define BASE 0xffffffff82000000UL
#define MAX 4000

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t size);

/* An address near the last one, or anywhere, as the byte says. */
static unsigned long address(unsigned long last, uint8_t what, uint8_t by)
{
	switch (what & 3) {
	case 0: return last;
	case 1: return last + (int8_t)by;
	case 2: return last + ((unsigned long)by << (what >> 2));
	default: return last - ((unsigned long)by << (what >> 2));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	static struct ddebug_record records[MAX];
	static struct ddebug_encoder enc;
	struct ddebug_record last = { BASE, BASE, BASE, BASE, 0 }, got;
	struct ddebug_columns columns;
	struct ddebug_decoder dec;
	unsigned int room, used, n = 0, i, stride;
	uint8_t *block;
	int err;

	if (size < 2)
		return 0;
	room = (in[0] | in[1] << 8) & 0x1fff;
	in += 2;
	size -= 2;
	block = malloc(room);

	ddebug_encode_start(&enc, BASE, block, room);
	for (; size >= 9 && n < MAX; in += 9, size -= 9) {
		last.modname = address(last.modname, in[0], in[1]);
		last.function = address(last.function, in[2], in[3]);
		last.filename = address(last.filename, in[4], in[5]);
		last.format = address(last.format, in[6], in[7]);
		last.line += in[8] & 1 ? (int8_t)in[8] : in[8] << (in[8] >> 4);
		err = ddebug_encode_add(&enc, &last);
		if (!err)
			records[n++] = last;
		else if (err != -ENOSPC && err != -ERANGE)
			abort();
		if (enc.count != n)
			abort();
	}
	used = ddebug_encode_end(&enc);
	if (used > room)
		abort();

	if (ddebug_decode_start(&dec, BASE, block, used, n))
		abort();
	for (stride = 0; !(err = ddebug_decode_stride(&dec, stride)); stride++) {
		if (ddebug_decode_columns(&dec, DDEBUG_ALL_COLUMNS, &columns))
			abort();
		for (i = 0; i < dec.records; i++) {
			got = record_of(&columns, i);
			if (!same(&got, &records[stride * DDEBUG_STRIDE + i]))
				abort();
		}
	}
	if (err != -ERANGE || stride != (n + DDEBUG_STRIDE - 1) / DDEBUG_STRIDE)
		abort();
	for (i = n; i > 0; i -= i > 5 ? 5 : i)
		if (ddebug_decode_record(&dec, i - 1, DDEBUG_ALL_COLUMNS, &got) ||
		    !same(&got, &records[i - 1]))
			abort();
	if (ddebug_decode_record(&dec, n, DDEBUG_ALL_COLUMNS, &got) != -ERANGE)
		abort();
	free(block);
	return 0;
}
