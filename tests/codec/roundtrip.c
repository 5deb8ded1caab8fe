// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer target: what the encoder takes, the decoder gives back, read in
 * order and from any place; what does not fit leaves the block as it was.
 *
 * Input: two bytes for the size of the block, then records, 9 bytes each.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dynamic_debug_codec.h"

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

static int same(const struct ddebug_record *a, const struct ddebug_record *b)
{
	return a->modname == b->modname && a->function == b->function &&
	       a->filename == b->filename && a->format == b->format &&
	       a->line == b->line;
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	static struct ddebug_record records[MAX];
	struct ddebug_record last = { BASE, BASE, BASE, BASE, 0 };
	struct ddebug_encoder enc, was;
	struct ddebug_decoder dec;
	unsigned int room, used, n = 0, i;
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
		was = enc;
		err = ddebug_encode_add(&enc, &last);
		if (err) {
			if (err != -ENOSPC && err != -ERANGE)
				abort();
			if (memcmp(&was, &enc, sizeof(enc)))
				abort();
			continue;
		}
		records[n++] = last;
	}
	if (enc.count != n)
		abort();
	used = ddebug_encode_end(&enc);
	if (used > room)
		abort();

	if (ddebug_decode_start(&dec, BASE, block, used, n))
		abort();
	for (i = 0; i < n; i++)
		if (ddebug_decode_next(&dec) || !same(&dec.record, &records[i]))
			abort();
	if (ddebug_decode_next(&dec) != -ERANGE || dec.pos != dec.end)
		abort();
	for (i = n; i > 0; i -= i > 5 ? 5 : i) {
		if (ddebug_decode_seek(&dec, i - 1) ||
		    ddebug_decode_next(&dec) || !same(&dec.record, &records[i - 1]))
			abort();
	}
	free(block);
	return 0;
}
