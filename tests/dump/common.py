# SPDX-License-Identifier: GPL-2.0
"""What codec.py and control.py share: the kernel's codec, and KTAP.

Both take LIBRARY TREE: codec.c, compiled with the codec of that kernel tree.
"""
import ctypes
import os
import sys

library, tree = sys.argv[1:]
sys.path.insert(0, os.path.join(tree, 'scripts/gdb'))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../estimate'))
import series_codec as codec  # noqa: E402
from series_codec import BLOCK_SIZE, Row  # noqa: E402,F401

BASE = 0xffffffff82000000
LONG = ctypes.sizeof(ctypes.c_ulong)
MASK = (1 << 8 * LONG) - 1
kernel = ctypes.CDLL(library)
counts = {'ok': 0, 'not ok': 0}


def pack(rows, base=BASE):
    """The block, and how many of the rows are in it."""
    return codec.pack(kernel, rows, base)


def check(text, good):
    verdict = 'ok' if good else 'not ok'
    counts[verdict] += 1
    print(f'{verdict} - {text}')


def finish():
    print(f'1..{sum(counts.values())}')
    print(f'{counts["ok"]} passed, {counts["not ok"]} failed')
    sys.exit(counts['not ok'] > 0)
