// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer target: what the packer takes, the reader gives back, from the start
 * of each group; what does not fit leaves the packer as it was.
 *
 * Input: rows, 9 bytes each.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dynamic_debug_codec.h"

#define BASE ((unsigned long)0xffffffff82000000ULL)
#define MAX (DDEBUG_BLOCK_SIZE / 2)

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t size);

/* An address near the last one, or anywhere, as the byte says. */
static unsigned long address(unsigned long last, uint8_t what, uint8_t by)
{
	unsigned int shift = (what >> 2) % (8 * sizeof(last));

	switch (what & 3) {
	case 0: return last;
	case 1: return last + (int8_t)by;
	case 2: return last + ((unsigned long)by << shift);
	default: return last - ((unsigned long)by << shift);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	static struct ddebug_row rows[MAX];
	static struct ddebug_packer packer, was;
	struct ddebug_row last = {
		.function = BASE, .filename = BASE, .modname = BASE, .format = BASE,
	};
	struct ddebug_reader reader;
	unsigned int used, n = 0, i;
	uint8_t *block;
	int err;

	ddebug_pack_start(&packer, BASE);
	for (; size >= 9; in += 9, size -= 9) {
		last.modname = address(last.modname, in[0], in[1]);
		last.function = address(last.function, in[2], in[3]);
		last.filename = address(last.filename, in[4], in[5]);
		last.format = address(last.format, in[6], in[7]);
		last.line += in[8] & 1 ? (int8_t)in[8] : in[8] << (in[8] >> 4);
		was = packer;
		err = ddebug_pack_row(&packer, &last);
		if (!err)
			rows[n++] = last;
		else if (err != -ENOSPC || memcmp(&was, &packer, offsetof(struct ddebug_packer, data) + was.len))
			abort();
		/* a block holds a group at least */
		if (packer.count != n || (err == -ENOSPC && n < DDEBUG_GROUP))
			abort();
	}
	used = ddebug_pack_end(&packer);
	if (used > DDEBUG_BLOCK_SIZE)
		abort();
	block = malloc(used);
	memcpy(block, packer.data, used);

	for (i = 0; i < n; i++) {
		if (i % DDEBUG_GROUP == 0 &&
		    ddebug_read_start(&reader, BASE, block, used, n, i / DDEBUG_GROUP))
			abort();
		if (ddebug_read_row(&reader) ||
		    memcmp(&reader.state.row, &rows[i], sizeof(rows[i])))
			abort();
	}
	/* the rows end where they should */
	if (n && (reader.p != reader.end || !ddebug_read_row(&reader)))
		abort();
	if (!ddebug_read_start(&reader, BASE, block, used, n, (n + DDEBUG_GROUP - 1) / DDEBUG_GROUP))
		abort();
	free(block);
	return 0;
}
