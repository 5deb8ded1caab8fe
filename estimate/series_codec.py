# SPDX-License-Identifier: GPL-2.0
"""The series' codec, as tests/dump/codec.c makes a library of it."""
import ctypes

BLOCK_SIZE = 1024 - ctypes.sizeof(ctypes.c_ulong)   # DDEBUG_BLOCK_SIZE


class Row(ctypes.Structure):
    _fields_ = [(name, ctypes.c_ulong) for name in
                ('function', 'filename', 'modname', 'format', 'line')]


def pack(library, rows, base):
    """The block, and how many of the rows are in it."""
    raw = (Row * len(rows))(*[Row(*row) for row in rows])
    block = ctypes.create_string_buffer(BLOCK_SIZE)
    size = ctypes.c_uint()
    count = library.pack(ctypes.c_ulong(base), raw, len(rows), block, ctypes.byref(size))
    return block.raw[:size.value], count
