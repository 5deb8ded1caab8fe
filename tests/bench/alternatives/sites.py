#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The built-in sites of a patched kernel.

usage: sites.py VMLINUX FILE

Writes them to FILE as they are in the section __dyndbg_sites (struct _ddebug_site,
x86-64), in the order of their descriptors, as the kernel sorts them. On stdout, how many
they are, what gzip makes of them in an image, and what xz makes of their columns.
"""
import gzip
import lzma
import os
import struct
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../estimate"))
from image import Elf, Refused  # noqa: E402

SITE = struct.Struct("<QQQQQI4x")  # desc, modname, function, filename, format, lineno


def die(text):
    sys.exit(f"error: {text}")


class Image(Elf):
    """An ELF file, as memory."""

    def __init__(self, path):
        super().__init__(path)
        self.symbols = {}
        for line in subprocess.run(["nm", path], check=True, capture_output=True, text=True).stdout.splitlines():
            addr, _, name = line.rpartition(" ")
            self.symbols[name] = int(addr.split()[0], 16) if addr[0] != " " else 0

    def offset(self, addr):
        for section in self.sections:
            # has contents, and an address of its own
            if section["type"] == 1 and section["addr"] and 0 <= addr - section["addr"] < section["size"]:
                return section["offset"] + addr - section["addr"]
        die(f"nothing in the image is at {addr:#x}: are its pointers relocated?")

    def bounds(self, name):
        return (self.symbols[f"__{edge}_{name}"] for edge in ("start", "stop"))

    def text(self, addr):
        start = self.offset(addr)
        return self.data[start:self.data.index(b"\0", start)].decode("latin1")


def read_sites(image):
    start, stop = image.bounds("__dyndbg_sites")
    if (stop - start) % SITE.size:
        die("the section of sites does not hold records as known here")
    raw = image.data[image.offset(start):][:stop - start]
    sites = sorted(SITE.iter_unpack(raw))
    # each names its own descriptor, and texts
    first, end = image.bounds("__dyndbg")
    step = (end - first) // len(sites)
    for i, (desc, module, function, filename, fmt, line) in enumerate(sites):
        image.text(fmt)
        if desc != first + i * step or not image.text(function).isidentifier() or \
           not image.text(filename).endswith((".c", ".h", ".S")) or not image.text(module) or not line:
            die(f"site {i} is none, as known here")
    return sites


def varint(value):
    value = value << 1 if value >= 0 else ~(value << 1)
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7f | 0x80)
        value >>= 7
    out.append(value)
    return out


def xz(columns):
    """What xz -9e makes of columns one behind the other, each number as its distance from the
    last one, signed, in LEB128: of what was tried (also 32 bits, byte planes) xz likes that best."""
    out = bytearray()
    for column in columns:
        for last, value in zip((0,) + column, column):
            out += varint(value - last)
    return len(lzma.compress(bytes(out), preset=9 | lzma.PRESET_EXTREME))


def main(vmlinux, path):
    sites = read_sites(Image(vmlinux))
    with open(path, "wb") as f:
        for site in sites:
            f.write(SITE.pack(*site))
    _, module, function, filename, fmt, line = zip(*sites)
    print("@ alt.sites", len(sites))
    print("@ alt.image.gzip", len(gzip.compress(b"".join(SITE.pack(*site) for site in sites), 9)))
    print("@ alt.xz.bytes", xz([module, function, filename, fmt, line]))
    print("@ alt.xz.nomodule.bytes", xz([function, filename, fmt, line]))
    print("@ alt.xz.names.bytes", xz([module, function, filename]))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except Refused as reason:
        die(reason)
