#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Let the debuggers' scripts list callsites of kernels that are not at hand. Prints KTAP.

control.py LIBRARY TREE, see common.py: a memory is made up, of a kernel with
32 or 64 bits, of either byte order, with and without JUMP_LABEL; in it sites in all
places, a section with two stores, and what is broken.
"""
import sys

sys.dont_write_bytecode = True
from common import check, finish, pack  # noqa: E402
from linux import dyndbg_control  # noqa: E402

PAGE = 4096
CLASS = 1024
FRAMES = 100
LINEAR = 0x40000000     # where physical memory is seen


class Fake(dyndbg_control.Target):
    """A kernel whose structures need not be laid out as in a real one."""

    page_size = PAGE

    def __init__(self, long_size, byteorder, jump_label, index_bits):
        size = long_size
        self.long_size = long_size
        self.byteorder = byteorder
        self.index_bits = index_bits
        self.types = {
            'struct _ddebug': {'key.dd_key_true.key.enabled': 4, 'key.dd_key_true.key.owner': 4,
                               'entries': 8} if jump_label else {'word': 4},
            'struct _ddebug_site': {'desc': size, 'modname': size, 'function': size,
                                    'filename': size, 'format': size, 'lineno': size},
            'struct _ddebug_info': {'num_descs': 4, 'pad': 4, 'descs': size},
            'struct ddebug_table': {'maps': 2 * size, 'link': 2 * size, 'mod_name': size,
                                    'ddebugs': size, 'num_ddebugs': 4},
            'struct ddebug_class_map': {'link': 2 * size, 'base': 4, 'length': 4, 'class_names': size},
            'struct ddebug_store': {'base': size, 'node': 2 * size, 'tail_first': 3, 'tail_count': 3,
                                    'tail_size': 2, 'nr_blocks': 2, 'blocks': 0},
            'struct ddebug_block': {'data': size, 'handle': size, 'first': 4, 'size': 2},
            'struct zs_pool': {'pages': size, 'size_class': 0},
            'struct size_class': {'lock': 4, 'size': 4},
        }
        self.memory = {}        # pieces by address
        self.variables = {}
        self.warnings = []
        self.at = 0x1000
        self.physical = LINEAR + 7 * PAGE

    # What makes it up

    def long(self, *values):
        return b''.join(value.to_bytes(self.long_size, self.byteorder) for value in values)

    def put(self, data, at=None):
        """Into memory; its address."""
        if at is None:
            at = self.at
            # a text is read 64 bytes at once
            self.at += (len(data) + 127) // 64 * 64
            data += bytes(self.at - at - len(data))
        self.memory[at] = data
        return at

    def text(self, text):
        return self.put(text + b'\0')

    def set(self, name, data, size=None):
        self.variables[name] = self.put(data), size or len(data)
        return self.variables[name][0]

    def struct(self, type_name, **values):
        data = b''
        for name, size in self.types[type_name].items():
            value = values.get(name, 0)
            data += value if isinstance(value, bytes) else value.to_bytes(size, self.byteorder)
        return data

    def pooled(self, data):
        """A handle of that object."""
        offset = (self.physical - LINEAR) % PAGE
        frame = (self.physical - LINEAR) // PAGE
        handle = self.put(self.long(frame << self.index_bits | offset // CLASS))
        self.put((self.long(handle | 1) + data).ljust(CLASS, b'\xa5'), self.physical)
        self.physical += CLASS
        return handle

    # What dyndbg_control asks

    def variable(self, name, filename):
        return self.variables[name]

    def sizeof(self, type_name):
        return sum(self.types[type_name].values())

    def offset(self, type_name, member):
        members = list(self.types[type_name].items())
        for i, (name, _) in enumerate(members):
            if name == member:
                return sum(size for _, size in members[:i])
        return None

    def member(self, type_name, address, member):
        data = self.read(address + self.offset(type_name, member), self.types[type_name][member])
        return int.from_bytes(data, self.byteorder)

    def read(self, address, size):
        for at, data in self.memory.items():
            if at <= address and address + size <= at + len(data):
                return data[address - at:address - at + size]
        raise dyndbg_control.Unreadable(f'no memory at {address:#x}')

    def read_physical(self, address, size):
        assert address < FRAMES * PAGE, 'a look at what is no memory'
        return self.read(LINEAR + address, size)

    def warn(self, text):
        self.warnings.append(text)


def kernel(*args, raw=False):
    """Such a kernel, and what it is to show."""
    fake = Fake(*args)
    size = fake.long_size
    desc_size = fake.sizeof('struct _ddebug')
    mod, file = fake.text(b'mod'), fake.text(b'dir/file.c')

    def section(name, groups, classes=()):
        """The table of a module whose descriptors are in several stores, or in none.

        groups: each says where its sites are, and how many they are."""
        words, lines, stores, sites = [], [], [], []
        total = sum(count for _, count in groups)
        base = fake.at
        fake.at += (total * desc_size + 127) // 64 * 64
        for where, count in groups:
            first = len(words)
            records = [(mod, fake.text(b'func%d' % i), file, fake.text(b'a\t%d "\n' % i), 100 - i)
                       for i in range(count)]
            sites += records
            data, _ = pack(records, 1016, base + first * desc_size)
            block = {'first': 0, 'size': len(data)}
            store = {'base': base + first * desc_size, 'tail_first': count, 'nr_blocks': 1}
            behind = b''
            if where == 'pool':
                block['handle'] = fake.pooled(data)
            elif where == 'pinned':
                # the copy is what counts
                block['handle'], block['data'] = fake.pooled(b'\xff' * 20), fake.put(data)
            elif where == 'slab':
                block['data'] = fake.put(data)
            elif where == 'malformed':
                block['data'] = fake.put(data[:-1] + b'\x80')
            elif where == 'lost':
                # the handle leads to an object of another one
                block['handle'] = fake.put(fake.read(fake.pooled(data), size))
            elif where == 'tail':
                store.update(tail_first=0, tail_count=count, tail_size=len(data), nr_blocks=0)
                behind = data
            elif where == 'raw':
                store['nr_blocks'] = 0
                behind = b''.join(fake.struct('struct _ddebug_site', desc=base, modname=record[0],
                                              function=record[1], filename=record[2],
                                              format=record[3], lineno=record[4]) for record in records)
            if store['nr_blocks']:
                behind = fake.struct('struct ddebug_block', **block)
            if where not in ('none', 'init'):
                stores.append(fake.struct('struct ddebug_store', **store) + behind)
            for i in range(count):
                flags, cls = (0, 0x3f, 9, 0)[i % 4], (63, 63, 2, 40)[i % 4]
                words.append(flags | cls << 8 | i << 14)
                shown = ('_', 'pmfslt', 'pl', '_')[i % 4]
                suffix = ' class:TWO' if cls == 2 and classes else '' if cls == 63 else f' class unknown, _id:{cls}'
                if where in ('none', 'malformed', 'lost'):
                    lines.append(f'<no-site>:0 [{name}]<no-site> ={shown} "<no-site>"{suffix}')
                else:
                    lines.append(f'dir/file.c:{100 - i} [{name}]func{i} ={shown} "a\\t{i} "\\n"{suffix}')
        member = 'key.dd_key_true.key.owner' if 'word' not in fake.types['struct _ddebug'] else 'word'
        fake.put(b''.join(fake.struct('struct _ddebug', **{member: word}) for word in words), base)
        maps = fake.at + fake.offset('struct ddebug_table', 'maps')
        table = fake.put(b'')
        fake.at += 128
        found = fake.put(fake.struct('struct ddebug_class_map', link=fake.long(maps, maps), base=1, length=2,
                                     class_names=fake.put(fake.long(*[fake.text(text) for text in (b'ONE', b'TWO')]))))
        if not classes:
            found = maps
        values = {'maps': fake.long(found, found), 'mod_name': fake.text(name.encode()), 'ddebugs': base,
                  'num_ddebugs': len(words)}
        return table, values, lines[::-1], stores, (base, sites)

    tables = [
        section('kernel', [('init', 40)] if raw else [('pool', 40), ('tail', 3)]),
        section('places', [('pinned', 5), ('slab', 70), ('pool', 33), ('raw', 4), ('tail', 1)], ['ONE', 'TWO']),
        section('broken', [('none', 4), ('malformed', 3), ('lost', 2), ('pool', 1)]),
    ]
    head = fake.set('ddebug_tables', bytes(2 * size))
    links = [table + fake.offset('struct ddebug_table', 'link') for table, *_ in tables] + [head]
    fake.put(fake.long(links[0], links[-2]), head)
    for i, (table, values, *_) in enumerate(tables):
        fake.put(fake.struct('struct ddebug_table', link=fake.long(links[i + 1], links[i - 1]), **values), table)

    # two buckets, the first of them empty, and all stores in the other
    node = 0
    for store in [store for table in tables for store in table[3]]:
        at = fake.at
        offset = fake.offset('struct ddebug_store', 'node')
        fake.put(store[:offset] + fake.long(node) + store[offset + size:])
        node = at + offset
    fake.set('ddebug_stores', fake.long(0, node))
    fake.set('max_pfn', fake.long(FRAMES))
    fake.set('nr_class_slots', (3).to_bytes(4, fake.byteorder))
    fake.set('ddebug_pool', fake.long(fake.put(fake.struct('struct zs_pool') + fake.long(
        0, 0, fake.put(fake.struct('struct size_class', size=CLASS))))))
    base, sites = tables[0][4]
    first = fake.put(b''.join(fake.struct('struct _ddebug_site', modname=m, function=func, filename=f,
                                          format=fmt, lineno=line) for m, func, f, fmt, line in sites))
    fake.set('ddebug_raw_sites', fake.long(first if raw else 0), size)
    fake.set('ddebug_raw', fake.struct('struct _ddebug_info', descs=base, num_descs=len(sites)))
    return fake, [table[2] for table in tables]


HEADER = '# filename:lineno [module]function flags format'
for args, text in (((8, 'little', True, 24), '64 bits, JUMP_LABEL'), ((8, 'little', False, 16), '64 bits'),
                   ((8, 'big', True, 30), '64 bits, big endian, JUMP_LABEL'),
                   ((4, 'little', False, 12), '32 bits'), ((4, 'big', False, 8), '32 bits, big endian')):
    for raw in False, True:
        fake, want = kernel(*args, raw=raw)
        got = b''.join(dyndbg_control.Control(fake).lines()).decode().splitlines()
        check(f'{text}{", before packing" if raw else ""}', got == [HEADER] + sum(want, []))
        check('with a warning for each of two stores', len(fake.warnings) == 2)
        got = b''.join(dyndbg_control.Control(fake).lines(b'places')).decode().splitlines()
        check('one module', got == [HEADER] + want[1])
        try:
            list(dyndbg_control.Control(fake).lines(b'place'))
            check('no such module', False)
        except dyndbg_control.Unreadable:
            check('no such module', True)
finish()
