/* SPDX-License-Identifier: GPL-2.0 */
/* Random numbers, the same for the same state (xorshift64*); it must not be 0. */
#include <stdint.h>

static uint64_t state;

static uint64_t next(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1dULL;
}
