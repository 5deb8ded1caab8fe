# SPDX-License-Identifier: GPL-2.0
"""Run a drgn script on a dump as if that did not have the kernel's array of blocks.

drgn -c DUMP -s VMLINUX lost.py SCRIPT
"""
import runpy
import sys

# address 8 instead, as scripts/dump-test does with gdb
pointer = prog['ddebug_kernel_sites'].blocks.address_of_().value_()  # noqa: F821
data = (8).to_bytes(8, 'little')
prog.add_memory_segment(pointer, len(data),  # noqa: F821
                        lambda address, count, offset, physical: data[offset:offset + count])
sys.argv[:] = sys.argv[1:]
runpy.run_path(sys.argv[0], {'prog': prog})  # noqa: F821
