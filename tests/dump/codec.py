#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Hold the reader of the debuggers' scripts against the kernel's. Prints KTAP.

codec.py LIBRARY TREE, see common.py: of blocks that the kernel packs, and of mutated
ones, both read the same rows, and both refuse the same groups.
"""
import ctypes
import random
import sys

sys.dont_write_bytecode = True
import common  # noqa: E402
from common import BASE, BLOCK_SIZE, LONG, MASK, Row, check, kernel, pack  # noqa: E402
from linux import dyndbg_codec  # noqa: E402

GROUP = 16


def kernel_read(block, count):
    """What the kernel's reader says: rows, None in place of those of a group that it refuses."""
    rows = []
    for group in range((count + GROUP - 1) // GROUP):
        raw = (Row * min(GROUP, count - len(rows)))()
        if kernel.unpack(ctypes.c_ulong(BASE), block, len(block), count, group, raw):
            rows += [None] * len(raw)
        else:
            rows += [tuple(getattr(row, name) for name, _ in Row._fields_) for row in raw]
    return rows


def read(block, count):
    """The same of the reader under test."""
    return [row and tuple(row) for row in dyndbg_codec.read_block(block, BASE, count, LONG)]


def some_rows(rng, count):
    """Rows as a compiler emits them, most of them."""
    last = [BASE] * 4 + [0]
    for _ in range(count):
        for i, same, far in (0, .9, 5000), (1, .8, 3000), (2, .4, 400), (3, .1, 300):
            if rng.random() > same:
                last[i] = last[i] + rng.randint(-far, far) * rng.choice((1, 8)) & MASK
            if rng.random() < .005:
                last[i] = BASE + rng.getrandbits(8 * LONG - 4) & MASK
        last[4] = rng.choice((last[4] + rng.randint(0, 50), rng.getrandbits(rng.choice((12, 32))))) & 0xffffffff
        yield tuple(last)


def mutate(rng, block):
    block = bytearray(block)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(block))
        if rng.random() < .2:
            # the offsets of groups
            at = max(len(block) - rng.randint(1, 8), 0)
        if rng.random() < .5:
            block[at] = rng.choice((0, 1, 0x7f, 0x80, 0xff, rng.getrandbits(8)))
        elif rng.random() < .5:
            block[at] ^= 1 << rng.randrange(8)
        elif rng.random() < .9:
            del block[at]
            block.insert(rng.randrange(len(block) + 1), rng.getrandbits(8))
        else:
            # a number that is as long as one can be, or longer
            block[at:at] = b'\xff' * rng.randint(8, 11)
    return bytes(block[:BLOCK_SIZE])


rng = random.Random(1)
blocks = []
for _ in range(300):
    rows = list(some_rows(rng, rng.randint(1, 400)))
    block, count = pack(rows)
    blocks.append((block, count, rows[:count]))
blocks = [(block, count, rows) for block, count, rows in blocks if count]
check(f'{len(blocks)} blocks of the kernel, {sum(count for _, count, _ in blocks)} rows',
      len(blocks) > 200 and max(count for _, count, _ in blocks) > 3 * GROUP and
      all(read(block, count) == kernel_read(block, count) == rows for block, count, rows in blocks))
check('no rows', read(b'', 0) == [])
for size, count in (0, 1), (1, 1), (3, 17), (62, 513):
    check(f'{count} rows in {size} bytes', read(bytes(size), count) == kernel_read(bytes(size), count) == [None] * count)

rows = refused = differ = 0
for _ in range(5000):
    block, count, _ = rng.choice(blocks)
    block = mutate(rng, block)
    count = max(0, count + rng.choice((0, 0, 0, -1, 1, GROUP)))
    want = kernel_read(block, count)
    rows += len(want)
    refused += want.count(None)
    if read(block, count) != want:
        differ += 1
check(f'mutated blocks: {refused} of {rows} rows refused, {differ} blocks differ',
      not differ and rows > 2 * refused > 10000)

common.finish()
