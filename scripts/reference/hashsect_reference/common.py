# SPDX-License-Identifier: LGPL-2.1-or-later
"""Section 1, constants, and what every part needs."""

import hashlib
import struct
import sys

CHUNK = 49152
MAX_U32 = 0xFFFFFFFF
MAX_U64 = 0xFFFFFFFFFFFFFFFF
NOT_IN_SCOPE = 0xFFFFFEFF
POLICY_SYMBOL_BASE = 0x80000000

ET_REL, ET_EXEC, ET_DYN = 1, 2, 3
EM_MIPS, EM_RISCV = 8, 243
PT_LOAD, PT_NOTE, PT_GNU_RELRO = 1, 4, 0x6474E552
RISCV_ATTRIBUTES = 0x70000003   # a segment's and a section's type
SHT_NULL, SHT_PROGBITS, SHT_SYMTAB, SHT_STRTAB, SHT_RELA = 0, 1, 2, 3, 4
SHT_NOTE, SHT_NOBITS, SHT_REL, SHT_DYNSYM, SHT_GROUP, SHT_SYMTAB_SHNDX, SHT_RELR = 7, 8, 9, 11, 17, 18, 19
SHT_CREL = 0x40000014
LLVM_ADDRSIG, MIPS_DWARF = 0x6FFF4C03, 0x7000001E
SHF_ALLOC, SHF_INFO_LINK = 0x2, 0x40
# EXECINSTR, MERGE, LINK_ORDER, GROUP, TLS, COMPRESSED (6.1, 6.3)
SHF_NEVER_EXCLUDED = 0x4 | 0x10 | 0x80 | 0x200 | 0x400 | 0x800
SHN_LORESERVE, SHN_XINDEX = 0xFF00, 0xFFFF
STB_LOCAL, STB_GLOBAL = 0, 1
STT_NOTYPE, STT_OBJECT, STT_SECTION, STT_FILE = 0, 1, 3, 4

HASHES = {"sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512,
          "sha3-256": hashlib.sha3_256, "blake2b512": hashlib.blake2b}
SCOPES = {"file": 0, "loaded": 1}
HOST_ORDER = "<" if sys.byteorder == "little" else ">"


class Refused(Exception):
    """The file (or the policy) is refused: there is no digest."""


def must(condition, reason):
    """A condition whose violation is refused."""
    if not condition:
        raise Refused(reason)


def align(value, to):
    """Section 1: value rounded up to a multiple of to."""
    return (value + to - 1) // to * to


def u32(value):
    return struct.pack("<I", value)


def string(value):
    """Section 1, str."""
    return u32(len(value)) + value


def is_zero(data):
    return not data or bytes(data).count(0) == len(data)


def overlap(start, size, other_start, other_size):
    return size > 0 and other_size > 0 and start < other_start + other_size and other_start < start + size
