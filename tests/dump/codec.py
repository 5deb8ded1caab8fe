#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Hold the decoder of the debuggers' scripts against the kernel's. Prints KTAP.

codec.py LIBRARY TREE, see common.py: what the kernel's encoder makes, the decoder
reads; what the kernel's decoder refuses it refuses, and no more: blocks of the KUnit
table, and mutated ones.
"""
import ctypes
import os
import random
import re
import sys

sys.dont_write_bytecode = True
import common  # noqa: E402
from common import BASE, LONG, MASK, Record, check, kernel, pack, tree  # noqa: E402
from linux import dyndbg_codec  # noqa: E402


def kernel_unpack(block, count):
    """What the kernel's decoder says: records, or None if it refuses."""
    raw = (Record * max(count, 1))()
    if kernel.unpack(ctypes.c_ulong(BASE), block, len(block), count, raw):
        return None
    return [tuple(getattr(record, name) for name, _ in Record._fields_) for record in raw[:count]]


def unpack(block, count):
    """The same of the decoder under test."""
    try:
        return [tuple(record) for record in dyndbg_codec.decode(block, count, BASE, LONG)]
    except dyndbg_codec.BadBlock:
        return None


def some_records(rng, count):
    """Records as a compiler emits them, most of them."""
    last = [BASE] * 4 + [0]
    for _ in range(count):
        for i, same, far in (0, .9, 5000), (1, .4, 400), (2, .8, 3000), (3, .1, 300):
            if rng.random() > same:
                last[i] = last[i] + rng.randint(-far, far) * rng.choice((1, 8)) & MASK
            if rng.random() < .005:
                last[i] = rng.getrandbits(8 * LONG - 2)
        last[4] = rng.choice((last[4] + rng.randint(0, 50), rng.getrandbits(rng.choice((12, 32))))) & 0xffffffff
        yield tuple(last)


def malformed():
    """The table of the KUnit suite: what it says of each block, the block, its records."""
    with open(os.path.join(tree, 'lib/dynamic_debug_codec_kunit.c'), encoding='utf-8') as file:
        table = re.search(r'\} malformed\[\] = \{\n(.*?)\n\};', file.read(), re.S).group(1)
    for text, data, size, count in re.findall(r'\{ "([^"]*)",\s*\{([^}]*)\},\s*(\d+), (\d+)', table):
        data = bytes(int(byte, 0) for byte in data.split(',') if byte.strip())
        yield text, data.ljust(int(size), b'\0')[:int(size)], int(count)


def mutate(rng, block):
    block = bytearray(block)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(block))
        if rng.random() < .5:
            block[at] = rng.choice((0, 1, 0x7f, 0x80, 0xff, rng.getrandbits(8)))
        elif rng.random() < .5:
            block[at] ^= 1 << rng.randrange(8)
        else:
            del block[at]
            block.insert(rng.randrange(len(block) + 1), rng.getrandbits(8))
    return bytes(block)


rng = random.Random(1)
blocks = [pack(list(some_records(rng, rng.randint(1, 400))), rng.choice((100, 1016, 4000)))
          for _ in range(300)]
blocks = [(block, count) for block, count in blocks if count]
check(f'{len(blocks)} blocks of the encoder, {sum(count for _, count in blocks)} records',
      len(blocks) > 200 and max(count for _, count in blocks) > 3 * dyndbg_codec.STRIDE and
      all(unpack(block, count) == kernel_unpack(block, count) is not None for block, count in blocks))
check('no records', unpack(b'', 0) == kernel_unpack(b'', 0) == [])

table = list(malformed())
check(f'the {len(table)} malformed blocks of the KUnit suite are all there', len(table) >= 20)
for text, block, count in table:
    check(f'refused: {text}', kernel_unpack(block, count) is unpack(block, count) is None)
good = bytes((0, 0, 0, 0, 0, 0, 0, 0, 5, 0xfe, 0xff, 0xff, 0xff, 0x1f, 0))
check('not refused: the last line that there is', unpack(good, 1) == [(BASE,) * 4 + (0xffffffff,)])

read = refused = differ = 0
for _ in range(20000):
    block, count = rng.choice(blocks)
    block = mutate(rng, block)
    count = max(0, count + rng.choice((0, 0, 0, -1, 1, 32)))
    want = kernel_unpack(block, count)
    if want is None:
        refused += 1
    else:
        read += 1
    if unpack(block, count) != want:
        differ += 1
check(f'mutated blocks: {refused} refused, {read} read, {differ} differ', not differ and refused and read)

common.finish()
