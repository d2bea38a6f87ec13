# SPDX-License-Identifier: LGPL-2.1-or-later
"""Section 13, items 2 to 5: signatures of PE files, and boot images."""

import struct
import zlib

from .certificate import der_bounds
from .common import Refused, is_zero, must

PE_HEADER, ENTRY = 24, 8
CRC_OF_WHOLE = 0xFFFFFFFF


def u16(data, at):
    must(at + 2 <= len(data), "a number beyond the file")
    return struct.unpack_from("<H", data, at)[0]


def u32(data, at):
    must(at + 4 <= len(data), "a number beyond the file")
    return struct.unpack_from("<I", data, at)[0]


def is_pe(data):
    if len(data) < 0x40 or data[:2] != b"MZ":
        return False
    at = u32(data, 0x3C)
    return at + PE_HEADER <= len(data) and data[at:at + 4] == b"PE\0\0"


class Pe:
    """Item 2a and 2b."""

    def __init__(self, data):
        header = u32(data, 0x3C)
        optional, size = header + PE_HEADER, u16(data, header + 20)
        must(header >= 0x40 and size >= 92 and optional + size <= len(data), "PE: headers")
        must(u16(data, optional) in (0x10B, 0x20B), "PE: neither PE32 nor PE32+")
        number_at = 108 if u16(data, optional) == 0x20B else 92
        must(size >= number_at + 4, "PE: the optional header is cut off")
        entries = u32(data, optional + number_at)
        must(entries <= 16 and number_at + 4 + entries * ENTRY <= size, "PE: directory entries")
        self.entry = optional + number_at + 4 + 4 * ENTRY if entries > 4 else None
        self.checksum, self.headers = optional + 64, u32(data, optional + 60)
        first, count = optional + size, u16(data, header + 6)
        must(first + 40 * count <= self.headers <= len(data), "PE: the headers do not end where they say")
        self.table, self.table_size = (u32(data, self.entry), u32(data, self.entry + 4)) if self.entry else (0, 0)
        self.is_signed = bool(self.table_size)
        if self.is_signed:
            must(self.table % 8 == 0 and self.table >= self.headers
                 and self.table + self.table_size == len(data), "PE: place of the certificate table")
        self.end = self.table if self.is_signed else len(data)
        # Name, size in memory, size in the file, offset.
        self.sections = []
        for at in range(first, first + 40 * count, 40):
            name = bytes(data[at:at + 8]).split(b"\0")[0]
            self.sections.append((name, u32(data, at + 8), u32(data, at + 16), u32(data, at + 20)))
        self.filled = sorted((s for s in self.sections if s[2]), key=lambda s: s[3])
        must(all(offset + size <= self.end for _, _, size, offset in self.filled), "PE: a section beyond the end")

    def check_order(self):
        """Item 2c; where the last section ends."""
        at = self.headers
        for _, _, size, offset in self.filled:
            must(offset == at, "PE: a gap or an overlap in front of a section")
            at += size
        return at


def is_signed_pe(data):
    return is_pe(data) and Pe(data).is_signed


def check_table(table):
    """Item 2d."""
    at, count = 0, 0
    while at < len(table):
        count += 1
        must(count <= 64 and len(table) - at >= 8, "certificate table: entries")
        length, kind = u32(table, at), u16(table, at + 6)
        must(8 < length <= len(table) - at, "certificate table: length of an entry")
        end = at + length
        following = min(end + -end % 8, len(table))
        must(is_zero(table[end:following]), "certificate table: padding")
        if kind == 2:
            data = table[at + 8:end]
            _, stop = der_bounds(data, 0)
            must(data[0] == 0x30 and len(data) - stop < 8 and is_zero(data[stop:]), "certificate table: not one message")
        at = following


def x86_boot_header(data):
    """Size of the setup code; None: there is no such header."""
    if len(data) < 0x250 or data[0x1FE:0x200] != b"\x55\xaa" or data[0x202:0x206] != b"HdrS":
        return None
    return ((data[0x1F1] or 4) + 1) * 512


def without_signatures(data):
    """Items 2e and 2f: the content, and the record of what was removed."""
    pe = Pe(data)
    pe.check_order()
    check_table(bytes(data[pe.table:]))

    def restored(size, checksum):
        content = bytearray(data[:size])
        content[pe.entry:pe.entry + ENTRY] = bytes(ENTRY)
        content[pe.checksum:pe.checksum + 4] = checksum
        return bytes(content)

    content = restored(pe.table, bytes(4))
    setup = x86_boot_header(data[:pe.table])
    if setup:
        size = setup + 16 * u32(data, 0x1F4)
        if pe.headers <= size <= pe.table < size + 8 and is_zero(data[size:pe.table]):
            for checksum in (bytes(4), bytes(data[pe.checksum:pe.checksum + 4])):
                if zlib.crc32(restored(size, checksum)) == CRC_OF_WHOLE:
                    content = restored(size, checksum)
                    break
    record = data[pe.checksum:pe.checksum + 4] + data[pe.entry:pe.entry + ENTRY] + data[len(content):]
    return content, bytes(record)


def is_uki(data):
    if not is_pe(data):
        return False
    return any(name == b".linux" for name, *_ in Pe(data).sections)


def peel_uki(data):
    """Item 3."""
    pe = Pe(data)
    end = pe.check_order()
    content, pieces = None, [(b"headers", data[:pe.headers])]
    for name, memory, size, offset in pe.filled:
        if name != b".linux":
            pieces.append((b"section " + name, data[offset:offset + size]))
            continue
        must(content is None, "two sections .linux")
        used = memory if 0 < memory < size else size
        content = data[offset:offset + used]
        pieces.append((b"padding of .linux", data[offset + used:offset + size]))
    must(content is not None, "an empty section .linux")
    return content, pieces + [(b"rest", data[end:])]


def elf_end(data):
    """Where the last byte is that the headers of an ELF file speak of; None: it is none."""
    if data[:4] != b"\x7fELF" or data[4:5] not in (b"\1", b"\2") or data[5:6] not in (b"\1", b"\2"):
        return None
    order, wide = "<" if data[5] == 1 else ">", data[4] == 2
    header, segment, section = ("16sHHIQQQIHHHHHH", "IIQQQQQQ", "IIQQQQIIQQ") if wide else \
        ("16sHHIIIIIHHHHHH", "IIIIIIII", "IIIIIIIIII")
    if len(data) < struct.calcsize(order + header):
        return None
    _, _, _, _, _, phoff, shoff, _, ehsize, phentsize, phnum, shentsize, shnum, _ = struct.unpack_from(order + header, data)
    ends = [ehsize]
    try:
        if phnum:
            ends.append(phoff + phnum * phentsize)
        for i in range(phnum):
            fields = struct.unpack_from(order + segment, data, phoff + i * phentsize)
            offset, size = (fields[2], fields[5]) if wide else (fields[1], fields[4])
            ends.append(offset + size if size else 0)
        if shoff:
            shnum = shnum or struct.unpack_from(order + section, data, shoff)[5]
            ends.append(shoff + shnum * shentsize)
        for i in range(1, shnum if shoff else 0):
            fields = struct.unpack_from(order + section, data, shoff + i * shentsize)
            ends.append(fields[4] + fields[5] if fields[1] not in (0, 8) and fields[5] else 0)
    except struct.error:
        return None
    return max(ends) if max(ends) <= len(data) else None


def payload(content):
    """The kernel and, behind an ELF file, the piece of what follows it."""
    end = elf_end(content)
    return (content, []) if end is None else (content[:end], [(b"relocations", content[end:])])


def is_zboot(data):
    return len(data) >= 0x40 and data[:2] == b"MZ" and data[4:8] == b"zimg"


def peel_zboot(data, unpack):
    """Item 4."""
    at, size, name = u32(data, 8), u32(data, 12), bytes(data[24:0x38]).split(b"\0")[0]
    size += 0 if name == b"gzip" else 4
    must(at >= 0x40 and at + size <= len(data), "zboot: the payload is not inside the file")
    content, more = payload(unpack(data[at:at + size], True, name.decode("latin-1")))
    return content, [(b"head", data[:at]), (b"decompressor", data[at + size:])] + more


def is_bzimage(data):
    return data[:4] != b"\x7fELF" and x86_boot_header(data) is not None and u16(data, 0x206) >= 0x208 and u32(data, 0x24C) != 0


def peel_bzimage(data, unpack):
    """Item 5."""
    setup = x86_boot_header(data)
    if setup is None:
        raise Refused("bzimage: no header")
    at, size = setup + u32(data, 0x248), u32(data, 0x24C)
    must(at + size <= len(data), "bzimage: the payload is not inside the file")
    content, more = payload(unpack(data[at:at + size], True))
    return content, [(b"setup", data[:setup]), (b"head", data[setup:at]), (b"decompressor", data[at + size:])] + more
