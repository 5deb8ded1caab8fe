#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What dynamic debug takes of a kernel, and what it would take with the series.

usage: estimate.py CODEC RESULTS IMAGE [MODULE...]

CODEC is tests/dump/codec.c with the codec of the series, compiled; RESULTS the directory of
the files of measured figures; IMAGE a kernel of x86-64, MODULE its modules. scripts/estimate finds all
of these.
"""
import ctypes
import json
import os
import signal
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from image import Kernel, Module, Refused, RECORD  # noqa: E402
from series_codec import BLOCK_SIZE, pack  # noqa: E402

# Of the series, on x86-64
DESCRIPTOR = 16			# struct _ddebug
STRUCT_BLOCK = 24		# struct ddebug_block
STRUCT_BUILTIN = 6		# struct ddebug_builtin
STRUCT_MODULE = 64		# struct ddebug_module
JUMP_ENTRY = 16
PAGE = 4096
# struct ddebug_table of an unpatched kernel, of which each module has one
STRUCT_TABLE = 64
# Text of the test of flag d at each callsite of 7.3, which the series takes away: the
# message of the patch that does
FLAG_D = 15.4


def kmalloc(size):
    """What an allocation of that size takes: kmalloc_size_roundup()."""
    for cache in (8, 16, 32, 64, 96, 128, 192, 256):
        if size <= cache:
            return cache if size else 0
    cache = 512
    while cache < size:
        cache *= 2
    return cache


class Packed:
    """The sites of the kernel or of a module, as ddebug_sites_add() keeps them."""

    def __init__(self, codec, sites, base):
        rows = [(site.function, site.filename, site.modname, site.format, site.line) for site in sites]
        self.blocks = []
        done = 0
        while done < len(rows):
            # a row has two bytes at least
            block, count = pack(codec, rows[done:done + BLOCK_SIZE // 2], base)
            done += count
            self.blocks.append(len(block))
        array = len(self.blocks) * STRUCT_BLOCK
        last = self.blocks[-1]
        # the last block is in the array's allocation, unless two are smaller
        shared = kmalloc(array + last) <= kmalloc(array) + kmalloc(last)
        self.array = kmalloc(array + last if shared else array)
        self.others = self.blocks[:-1] if shared else self.blocks
        self.pooled = sum(size > BLOCK_SIZE // 2 for size in self.others)

    def bytes(self):
        return sum(self.blocks)

    def slab(self):
        return self.array + sum(map(kmalloc, self.others))

    def beside_pool(self):
        """In slab if there is a pool."""
        return self.array + sum(kmalloc(size) for size in self.others if size <= BLOCK_SIZE // 2)


def modules_of(sites, text):
    """How many built-in modules there are: runs of a name."""
    names = [text(site.modname) for site in sites]
    return sum(a != b for a, b in zip([None] + names, names))


def strings(addresses, text):
    """Bytes of these strings, each once."""
    return sum(len(text(address)) + 1 for address in set(addresses))


def number(value):
    return f'{round(value):,}'


def table(rows, sites):
    """Print a text and three numbers a row, and the sum, all and per callsite."""
    print(f'{"":<42}{"now":>12}{"with a pool":>14}{"in slab":>12}')
    for name, *values in rows:
        print(f'  {name:<40}' + ''.join(f'{number(value) if value else "-":>{width}}'
                                        for value, width in zip(values, (12, 14, 12))))
    sums = [sum(values) for values in list(zip(*rows))[1:]]
    print(f'  {"all of these":<40}' + ''.join(f'{number(value):>{width}}' for value, width in zip(sums, (12, 14, 12))))
    print(f'  {"per callsite":<40}' + ''.join(f'{value / sites:>{width}.1f}' for value, width in zip(sums, (12, 14, 12))))


def main(library, results, image, paths):
    codec = ctypes.CDLL(library)
    kernel = Kernel(image)
    sites, base, text = kernel.sites()
    packed = Packed(codec, sites, base)
    builtins = modules_of(sites, text)
    release = tuple(int(part) for part in kernel.version.split('-')[0].split('+')[0].split('.')[:2])
    # the code is that of the nearest base
    name = 'results.json' if release >= (7, 3) else 'results-6.12.json'
    with open(os.path.join(results, name), encoding='utf-8') as file:
        measured = json.load(file)['lean']['all']
    compared = measured['kernel']
    measured = measured['figures']

    # before anything is printed: a file may be refused
    total = before = after = callsites = with_sites = 0
    for path in paths:
        found, start, _ = Module(path).sites()
        total += 1
        if not found:
            continue
        kept = Packed(codec, found, start)
        with_sites += 1
        callsites += len(found)
        before += RECORD * len(found) + STRUCT_TABLE
        after += DESCRIPTOR * len(found) + STRUCT_MODULE + kept.slab()

    print(f'{image}: Linux {kernel.version}')
    print(f'{number(len(sites))} callsites of dynamic debug are built in, in {builtins} modules. They take, in bytes:')
    print()
    has_pool = len(packed.blocks) * 1024 > PAGE
    pages = (packed.pooled + 3) // 4
    pool = [pages * PAGE, measured['mem.pool_empty'] + measured['mem.pool_class'] +
            8 * packed.pooled + measured['mem.pool_zspages'] / (measured['mem.pool_pages'] / PAGE) * pages]
    code = measured['mem.added']
    if release >= (7, 3):
        code += FLAG_D * (measured['mem.sites'] - len(sites))
    rows = [
        ('descriptors', RECORD * len(sites), DESCRIPTOR * len(sites), DESCRIPTOR * len(sites)),
        ('tables of built-in modules', STRUCT_TABLE * builtins, *[kmalloc(STRUCT_BUILTIN * builtins)] * 2),
        ('packed sites, slab', 0, packed.beside_pool() if has_pool else packed.slab(), packed.slab()),
    ]
    if has_pool:
        rows += [('packed sites, pages of a zsmalloc pool', 0, pool[0], 0),
                 ('the pool itself', 0, pool[1], 0)]
    rows.append((f'code of the series (as of {compared})', 0, code, code))
    table(rows, len(sites))
    print()
    print(f'A packed site takes {packed.bytes() / len(sites):.2f} bytes, where four addresses and a line took 40.')
    if not has_pool:
        print('They take no more than a page, so there is no pool.')
    names = strings((address for site in sites for address in (site.modname, site.filename, site.function)), text)
    formats = strings((site.format for site in sites), text)
    print(f'The series does not change jump entries, {number(JUMP_ENTRY * len(sites))} bytes; names, {number(names)}; formats,')
    print(f'{number(formats)}; and code at callsites. The symbols in kallsyms become fewer.')

    if callsites:
        print()
        print(f'Of {total} modules {with_sites} have {number(callsites)} callsites. If all are loaded, these take')
        print(f'{number(before)} bytes now, {before / callsites:.1f} per callsite; with the series {number(after)}, '
              f'{after / callsites:.1f} per callsite.')
        print('(A module takes whole pages, so not every module becomes smaller.)')
    elif paths:
        print()
        print(f'Of {total} modules none has callsites.')


if __name__ == '__main__':
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        main(*sys.argv[1:4], sys.argv[4:])
    except Refused as reason:
        sys.exit(f'error: {reason}')
