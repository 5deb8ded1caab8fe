# SPDX-License-Identifier: GPL-2.0
"""Kernel images and modules, and the callsites of dynamic debug in them.

Of x86-64, unpatched, with JUMP_LABEL: struct _ddebug has 56 bytes there since 5.x.
"""
import bz2
import collections
import lzma
import re
import struct
import subprocess
import zlib

RECORD = 56

Site = collections.namedtuple('Site', 'modname function filename format line')


class Refused(Exception):
    """A file is none that can be read; says why."""


def read(path):
    try:
        with open(path, 'rb') as file:
            return file.read()
    except OSError as error:
        raise Refused(f'{path}: {error.strerror}') from error


def pipe(command, data):
    """The bytes that a program makes of these. At the end of a payload is its size, which
    some of them complain about."""
    try:
        return subprocess.run(command, input=data, capture_output=True, check=False).stdout
    except OSError as error:
        raise Refused(f'{command[0]} is not there: install the package {command[0]}') from error


def unxz(data):
    return lzma.LZMADecompressor().decompress(data)


# How a compressed file begins
FORMATS = (
    (b'\xfd7zXZ\0', unxz),
    (b'\x28\xb5\x2f\xfd', lambda data: pipe(['zstd', '-dcq'], data)),
    (b'\x1f\x8b', lambda data: zlib.decompressobj(31).decompress(data)),
    (b'BZh', lambda data: bz2.BZ2Decompressor().decompress(data)),
    (b'\x5d\0\0', unxz),
    (b'\x02\x21\x4c\x18', lambda data: pipe(['lz4', '-dcq'], data)),
    (b'\x89LZO', lambda data: pipe(['lzop', '-dcq'], data)),
)


def unpack(path, data):
    """The ELF file that is in a file: it, a bzImage, or compressed."""
    if data[0x202:0x206] == b'HdrS':
        # setup_sects, payload_offset, payload_length: Documentation/arch/x86/boot.rst
        at, length = struct.unpack_from('<II', data, 0x248)
        at += ((data[0x1f1] or 4) + 1) * 512
        data = data[at:at + length]
    for magic, decompress in FORMATS:
        if data.startswith(magic):
            try:
                data = decompress(data)
            except (OSError, ValueError, EOFError, lzma.LZMAError, zlib.error) as error:
                raise Refused(f'{path}: is not whole: {error}') from error
            break
    if not data.startswith(b'\x7fELF'):
        raise Refused(f'{path}: no kernel image or module of x86 that is known here')
    if data[4:6] != b'\x02\x01' or struct.unpack_from('<H', data, 18) != (62,):
        raise Refused(f'{path}: is not for x86-64')
    return data


class Elf:
    """An ELF file, 64-bit, low byte first."""

    def __init__(self, path):
        self.path = path
        self.data = unpack(path, read(path))
        try:
            self.read_sections()
        except (struct.error, ValueError, IndexError) as error:
            raise Refused(f'{path}: is not whole: {error}') from error
        end = max((section['offset'] + section['size'] for section in self.sections if section['type'] != 8), default=0)
        if end > len(self.data):
            raise Refused(f'{path}: is not whole: it ends at {len(self.data)}, its last section at {end}')

    def read_sections(self):
        headers, = struct.unpack_from('<Q', self.data, 0x28)
        size, num, names = struct.unpack_from('<HHH', self.data, 0x3A)
        keys = ('name', 'type', 'flags', 'addr', 'offset', 'size', 'link', 'info')
        self.sections = [dict(zip(keys, struct.unpack_from('<IIQQQQII', self.data, headers + i * size)))
                         for i in range(num)]
        for section in self.sections:
            section['name'] = self.string(self.sections[names], section['name'])

    def string(self, section, offset):
        start = section['offset'] + offset
        return self.data[start:self.data.index(b'\0', start)].decode('latin1')

    def section(self, name):
        for section in self.sections:
            if section['name'] == name:
                return section
        return None


def plausible(modname, function, filename):
    return (re.fullmatch(r'[\w-]+', modname) and re.fullmatch(r'\w+', function) and
            re.search(r'\.[a-zA-Z]+$', filename))


class Kernel(Elf):
    """vmlinux, or what holds it; needs no symbols."""

    def __init__(self, path):
        super().__init__(path)
        version = re.search(rb'Linux version (\d+\.\d+\S*)', self.data)
        if not version:
            raise Refused(f'{path}: no Linux kernel')
        self.version = version[1].decode('latin1')

    def sites(self):
        """All callsites, in order, and the address of the first descriptor."""
        rodata, data = self.section('.rodata'), self.section('.data')
        if not rodata or not data:
            raise Refused(f'{self.path}: no .rodata or .data')
        low, high = rodata['addr'], rodata['addr'] + rodata['size']
        texts = {}

        def text(address):
            if address not in texts:
                texts[address] = self.string(rodata, address - low)
            return texts[address]

        at, end, sites, base = data['offset'], data['offset'] + data['size'] - RECORD, [], None
        while at <= end:
            addresses = struct.unpack_from('<4Q', self.data, at)
            if (low <= addresses[0] < high and all(low <= address < high for address in addresses) and
                    plausible(*map(text, addresses[:3]))):
                line, = struct.unpack_from('<I', self.data, at + 32)
                sites.append(Site(*addresses, line & 0x3ffff))
                base = base or data['addr'] + at - data['offset']
                at += RECORD
            else:
                at += 8
        if not sites:
            raise Refused(f'{self.path}: Linux {self.version} has no callsites as they are known here: '
                          'DYNAMIC_DEBUG is off, JUMP_LABEL is off, or the series is in it already')
        return sites, base, text


class Module(Elf):
    """A loadable module."""

    def sites(self):
        """As of Kernel; addresses are made up: its sections lie one behind the other."""
        index = next((i for i, section in enumerate(self.sections) if section['name'] == '__dyndbg'), None)
        if index is None:
            return [], 0, None
        starts, at = {}, 0
        for i, section in enumerate(self.sections):
            if section['flags'] & 2:
                starts[i] = at
                at += (section['size'] + 63) & ~63
        symbols = next(section for section in self.sections if section['type'] == 2)
        targets, where = {}, {}
        for section in self.sections:
            if section['type'] != 4 or section['info'] != index:
                continue
            for entry in range(section['offset'], section['offset'] + section['size'], 24):
                offset, info, addend = struct.unpack_from('<QQq', self.data, entry)
                symbol = symbols['offset'] + (info >> 32) * 24
                number, value = struct.unpack_from('<HQ', self.data, symbol + 6)
                targets[offset] = starts.get(number, 0) + value + addend
                where[targets[offset]] = (number, value + addend)
        descs = self.sections[index]
        if descs['size'] % RECORD:
            raise Refused(f'{self.path}: its callsites are not as they are known here')
        sites = []
        for offset in range(0, descs['size'], RECORD):
            line, = struct.unpack_from('<I', self.data, descs['offset'] + offset + 32)
            sites.append(Site(*(targets[offset + i] for i in (0, 8, 16, 24)), line & 0x3ffff))

        def text(address):
            number, offset = where[address]
            return self.string(self.sections[number], offset)

        return sites, starts[index], text
