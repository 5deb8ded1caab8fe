# SPDX-License-Identifier: GPL-2.0
"""What codec.py and control.py share: the kernel's codec, and KTAP.

Both take LIBRARY TREE: codec.c, compiled with the codec of that kernel tree.
"""
import ctypes
import os
import sys

library, tree = sys.argv[1:]
sys.path.insert(0, os.path.join(tree, 'scripts/gdb'))

BASE = 0xffffffff82000000
LONG = ctypes.sizeof(ctypes.c_ulong)
MASK = (1 << 8 * LONG) - 1
BLOCK_SIZE = 1024 - LONG
kernel = ctypes.CDLL(library)
counts = {'ok': 0, 'not ok': 0}


class Row(ctypes.Structure):
    _fields_ = [(name, ctypes.c_ulong) for name in
                ('function', 'filename', 'modname', 'format', 'line')]


def pack(rows, base=BASE):
    """The block, and how many of the rows are in it."""
    raw = (Row * len(rows))(*[Row(*row) for row in rows])
    block = ctypes.create_string_buffer(BLOCK_SIZE)
    size = ctypes.c_uint()
    count = kernel.pack(ctypes.c_ulong(base), raw, len(rows), block, ctypes.byref(size))
    return block.raw[:size.value], count


def check(text, good):
    verdict = 'ok' if good else 'not ok'
    counts[verdict] += 1
    print(f'{verdict} - {text}')


def finish():
    print(f'1..{sum(counts.values())}')
    print(f'{counts["ok"]} passed, {counts["not ok"]} failed')
    sys.exit(counts['not ok'] > 0)
