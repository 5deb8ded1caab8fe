#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Let the debuggers' scripts list callsites of kernels that are not at hand. Prints KTAP.

control.py LIBRARY TREE, see common.py: a memory is made up, of a kernel with
32 or 64 bits, of either byte order, with and without JUMP_LABEL; in it sites in all
places, descriptors without, and what is broken.
"""
import sys

sys.dont_write_bytecode = True
from common import check, finish, pack  # noqa: E402
from linux import dyndbg_control  # noqa: E402

PAGE = 4096
CLASS = 1024
FRAMES = 100
LINEAR = 0x40000000     # where physical memory is seen


class Fake:
    """A kernel whose structures need not be laid out as in a real one."""

    page_size = PAGE

    def __init__(self, long_size, byteorder, jump_label, index_bits):
        size = long_size
        self.long_size = long_size
        self.byteorder = byteorder
        self.index_bits = index_bits
        self.word = 'key.dd_key_true.key.data' if jump_label and size == 8 else 'word'
        self.types = {
            'struct _ddebug': {'enabled': 4, self.word: 4, 'entries': size} if jump_label else {'word': 4},
            'struct _ddebug_info': {'num_classes': 4, 'num_descs': 4, 'classes': size},
            'struct ddebug_builtin': {'name': 4, 'num_ddebugs': 2},
            'struct ddebug_module': {'mod_name': size, 'sites': 3 * size + 6, 'link': 2 * size, 'di': size},
            'struct ddebug_class_map': {'mod_name': size, 'base': 4, 'length': 4, 'class_names': size},
            'struct ddebug_sites': {'num': 4, 'base': size, 'nr_blocks': 2, 'next': size, 'blocks': size},
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

    def set(self, name, data):
        self.variables[name] = self.put(data)
        return self.variables[name]

    def struct(self, type_name, **values):
        data = b''
        for name, size in self.types[type_name].items():
            value = values.get(name, 0)
            if not isinstance(value, bytes):
                value = value.to_bytes(size, self.byteorder, signed=value < 0)
            assert len(value) == size
            data += value
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

    def symbol(self, name):
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
        # the name of a built-in module is the only number with a sign
        return int.from_bytes(data, self.byteorder, signed=member == 'name')

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


def blocks_of(fake, base, groups):
    """The packed sites of a section, words of its descriptors, and what is to be shown of them.

    groups: of each block, where it is, and how many sites are in it."""
    words, shown, blocks = [], [], []
    for where, count in groups:
        first = len(words)
        # the compiler packed 5 MB of strings behind the descriptors
        rows = [(fake.text(b'func%d' % i), base + 5000000, base + 100, fake.text(b'a\t%d "\n' % i), 100 + i)
                for i in range(count)]
        fake.put(b'dir/file.c\0'.ljust(64, b'\0'), base + 5000000)
        shown += [f'dir/file.c:{100 + i} [%s]func{i} =%s "a\\t{i} "\\n"' for i in range(count)]
        if where == 'none':
            rows = [(base,) * 4 + (0,)] * count
        elif where == 'strings':
            # the formats are in a page that is not in the dump
            rows = [row[:3] + (base + 3000000 + i,) + row[4:] for i, row in enumerate(rows)]
        data, packed = pack(rows, base)
        assert packed == count
        block = {'first': first, 'size': len(data)}
        lost = count if where in ('none', 'strings', 'unindexed', 'away') else 0
        if where == 'pool':
            block['handle'] = fake.pooled(data)
        elif where in ('slab', 'none', 'strings'):
            block['data'] = fake.put(data)
        elif where == 'malformed':
            # the first row of the second group of two
            at = int.from_bytes(data[-2:], 'little')
            block['data'] = fake.put(data[:at] + b'\xff' * (len(data) - 2 - at) + data[-2:])
            lost = count - 16
        elif where == 'lost':
            # the handle leads to an object of another one
            block['handle'] = fake.put(fake.read(fake.pooled(data), fake.long_size))
            lost = count
        # without memory for packed sites, there are no blocks and no indexes
        if where != 'unindexed':
            blocks.append(fake.struct('struct ddebug_block', **block))
        if lost:
            shown[-lost:] = ['<no-site>:0 [%s]<no-site> =%s "<no-site>"'] * lost
        words += [0 if where == 'unindexed' else first + i for i in range(count)]
    blocks_at = fake.put(b''.join(blocks))
    if groups[0][0] == 'away':
        # what lists the blocks is in a page that is not in the dump
        del fake.memory[blocks_at]
    packed = fake.struct('struct ddebug_sites', base=base, num=len(words) if blocks else 0, next=0,
                         nr_blocks=len(blocks), blocks=blocks_at)
    return packed, words, shown


def section(fake, groups, modules):
    """The descriptors of a section; its packed sites, and the lines of each module.

    modules: names, numbers of callsites, and what class 2 is called, if anything"""
    base = fake.at
    count = sum(count for _, count in groups)
    fake.at += (count * fake.sizeof('struct _ddebug') + 127) // 64 * 64
    packed, indexes, shown = blocks_of(fake, base, groups)
    lines, descs = {}, []
    for name, num, two in modules:
        lines[name] = []
        for _ in range(num):
            i = len(descs)
            flags, cls = (0, 0x3f, 9, 0)[i % 4], (63, 63, 2, 40)[i % 4]
            suffix = {2: f' class:{two}' if two else ' class unknown, _id:2', 40: ' class unknown, _id:40', 63: ''}
            lines[name].insert(0, shown[i] % (name, ('_', 'pmfslt', 'pl', '_')[i % 4]) + suffix[cls])
            descs.append(fake.struct('struct _ddebug', **{fake.word: flags | cls << 8 | indexes[i] << 14}))
    assert len(descs) == count
    fake.put(b''.join(descs), base)
    return base, packed, lines


def class_maps(fake, *maps):
    """An array of class maps: module, number of the first class, names."""
    data = b''
    for module, base, *names in maps:
        names = fake.put(fake.long(*[fake.text(name.encode()) for name in names])), len(names)
        data += fake.struct('struct ddebug_class_map', mod_name=fake.text(module.encode()), base=base,
                            length=names[1], class_names=names[0])
    return fake.put(data), len(data)


def kernel(*args):
    """Such a kernel, and what it is to show of each module."""
    fake = Fake(*args)
    size = fake.long_size

    # the name of the first module lies before the descriptors, the others behind
    names = [fake.text(b'first')]
    modules = [('first', 30, ''), ('second', 24, 'TWO'), ('third', 1, '')]
    base, packed, want = section(fake, [('pool', 40), ('none', 1), ('slab', 3), ('pool', 11)], modules)
    names += [fake.text(name.encode()) for name, *_ in modules[1:]]
    fake.set('ddebug_kernel_sites', packed)
    fake.set('ddebug_builtins', fake.long(fake.put(b''.join(
        fake.struct('struct ddebug_builtin', name=at - base, num_ddebugs=num)
        for at, (_, num, _) in zip(names, modules)))))
    fake.set('nr_ddebug_builtins', len(modules).to_bytes(4, fake.byteorder))
    # the last one counts; those of other modules do not
    start, length = class_maps(fake, ('second', 1, 'ONE', 'WRONG'), ('second', 2, 'TWO', 'THREE'),
                               ('another', 2, 'WRONG'), ('second', 4, 'FOUR'))
    fake.variables['__start___dyndbg_classes'] = start
    fake.variables['__stop___dyndbg_classes'] = start + length

    head = fake.set('ddebug_modules', bytes(2 * size))
    last = head
    for name, two, groups in (('places', 'ZWEI', [('slab', 70), ('pool', 33), ('slab', 1)]),
                              ('broken', '', [('none', 4), ('malformed', 20), ('lost', 2), ('strings', 2), ('pool', 1)]),
                              ('nomem', '', [('unindexed', 3)]), ('away', '', [('away', 5)])):
        count = sum(count for _, count in groups)
        base, packed, lines = section(fake, groups, [(name, count, two)])
        want.update(lines)
        maps, length = class_maps(fake, (name, 1, 'EINS', 'ZWEI')) if two else (0, 0)
        info = fake.put(fake.struct('struct _ddebug_info', num_descs=count, classes=maps,
                                    num_classes=length // fake.sizeof('struct ddebug_class_map')))
        module = fake.put(fake.struct('struct ddebug_module', mod_name=fake.text(name.encode()), di=info,
                                      sites=packed, link=fake.long(head, last)))
        link = module + fake.offset('struct ddebug_module', 'link')
        # the one before leads to this one
        for at, data in fake.memory.items():
            if at <= last < at + len(data):
                fake.memory[at] = data[:last - at] + fake.long(link) + data[last - at + size:]
        last = link

    fake.set('max_pfn', fake.long(FRAMES))
    fake.set('ddebug_pool', fake.long(fake.put(fake.struct('struct zs_pool') + fake.long(
        0, 0, fake.put(fake.struct('struct size_class', size=CLASS))))))
    return fake, want


def lines(fake, *wanted):
    return b''.join(dyndbg_control.Control(fake).lines(*wanted)).decode().splitlines()


def refuses(text, *args):
    """Nothing but an error that says this."""
    try:
        lines(*args)
    except dyndbg_control.Unreadable as e:
        return text in str(e)
    return False


HEADER = '# filename:lineno [module]function flags format'
for args, text in (((8, 'little', True, 24), '64 bits, JUMP_LABEL'), ((8, 'little', False, 16), '64 bits'),
                   ((8, 'big', True, 30), '64 bits, big endian, JUMP_LABEL'),
                   ((4, 'little', True, 12), '32 bits, JUMP_LABEL'),
                   ((4, 'little', False, 12), '32 bits'), ((4, 'big', False, 8), '32 bits, big endian')):
    fake, want = kernel(*args)
    check(text, lines(fake) == [HEADER] + sum(want.values(), []))
    check('with a warning for two blocks, two strings and one list of blocks', len(fake.warnings) == 5)
    for name in 'second', 'places', 'nomem', 'away':
        check(f'module {name}', lines(fake, name.encode()) == [HEADER] + want[name])
    check('no such module', refuses('of that name', fake, b'place'))
    fake.set('nr_ddebug_builtins', bytes(4))
    check('loaded modules only', lines(fake) == [HEADER] + sum(list(want.values())[3:], []))
    head = fake.symbol('ddebug_modules')
    fake.put(fake.long(head, head), head)
    check('nothing yet', refuses('dynamic_debug_init() has not run', fake))
finish()
