# SPDX-License-Identifier: LGPL-2.1-or-later
"""Section 3: the ELF file."""

import re
import struct
from array import array
from collections import namedtuple
from dataclasses import dataclass
from typing import Dict, List

from .common import (
    EM_MIPS, EM_RISCV, ET_DYN, ET_EXEC, ET_REL, HOST_ORDER, MAX_U64, PT_GNU_RELRO, PT_LOAD, RISCV_ATTRIBUTES,
    SHF_ALLOC, SHF_INFO_LINK, SHN_LORESERVE, SHN_XINDEX, SHT_CREL, SHT_GROUP, SHT_NOBITS, SHT_NULL, SHT_REL, SHT_RELA,
    SHT_STRTAB, SHT_SYMTAB, SHT_SYMTAB_SHNDX, Refused, is_zero, must, overlap)


@dataclass
class Section:
    index: int
    name_offset: int
    type: int
    flags: int
    addr: int
    offset: int
    size: int
    link: int
    info: int
    addralign: int
    entsize: int
    name: bytes = b""

    @property
    def alloc(self):
        return bool(self.flags & SHF_ALLOC)

    @property
    def has_extent(self):
        """Rule 4."""
        return self.type not in (SHT_NULL, SHT_NOBITS) and self.size != 0

    @property
    def info_is_index(self):
        """Rule 7."""
        return self.type in (SHT_RELA, SHT_REL, SHT_CREL) or bool(self.flags & SHF_INFO_LINK)

    def __str__(self):
        return f"section {self.index} ({self.name.decode('ascii', 'backslashreplace')})"


class Segment(namedtuple("Segment", "type flags offset vaddr paddr filesz memsz align")):
    __slots__ = ()

    def holds(self, offset, size, address):
        """Rule 13: whether this PT_LOAD contains a range of the file, at its address."""
        return (self.offset <= offset and offset + size <= self.offset + self.filesz
                and offset - self.offset == address - self.vaddr)


class Symbol(namedtuple("Symbol", "name_offset name info other shndx section value size")):
    """shndx is as in the file, section the section's index: 0 if undefined, -1 if reserved."""
    __slots__ = ()

    @property
    def bind(self):
        return self.info >> 4

    @property
    def type(self):
        return self.info & 15


# The entries of a relocation section, as columns (arrays; the addends are signed).
Relocations = namedtuple("Relocations", "offsets types symbols addends")


def known_section_type(kind, machine):
    """Rule 3."""
    return (kind <= 9 or kind == 11 or 14 <= kind <= 19 or kind == SHT_CREL
            or (0x6FFFFEF5 <= kind <= 0x6FFFFFFF and not 0x6FFFFFFA <= kind <= 0x6FFFFFFC)
            or 0x6FFF4C00 <= kind <= 0x6FFF4C0F
            or (0x70000000 <= kind <= 0x7FFFFFFF and machine != 0))


def name_at(table, offset, longest):
    """Rule 6."""
    end = table.find(b"\0", offset) if offset < len(table) else -1
    if end < 0 or end - offset > longest:
        raise Refused("a name is outside its string table, or too long")
    return table[offset:end]


class Elf:
    """An ELF file, read and checked as section 3 says."""

    def __init__(self, data, scope):
        self.data, self.is_loaded_only = memoryview(data), scope == "loaded"
        self.relocation_cache: Dict[int, Relocations] = {}
        self.read_header()
        self.read_section_headers()
        self.read_program_headers()
        self.check_extents()
        self.check_sections()
        self.read_symtab_shndx()
        self.read_symbols()
        self.find_symbolic_relocation_sections()
        self.find_derived_string_tables()
        self.read_groups()
        self.check_names_of_tables()
        self.check_segments()

    def table(self, offset, count, form):
        size = struct.calcsize(self.order + form)
        must(offset + count * size <= len(self.data), "a header table is outside the file")
        return list(struct.iter_unpack(self.order + form, self.data[offset:offset + count * size]))

    def bytes_of(self, section):
        """The bytes of a section in the file; none without an extent."""
        return self.data[section.offset:section.offset + section.size] if section.has_extent else self.data[:0]

    def words(self, section):
        """u32 words."""
        return [word for word, in struct.iter_unpack(self.order + "I", self.bytes_of(section))]

    def integer(self, data):
        return int.from_bytes(data, "little" if self.order == "<" else "big")

    def sections_named(self, name):
        return [section for section in self.sections[1:] if section.name == name.encode()]

    def symbols_named(self, name):
        return [self.symbols[index] for index in self.by_name.get(name.encode(), ())]

    def define(self, symbols):
        """Section 6.4: symbols that a map lists, for a file without a SYMTAB."""
        self.symbols = [Symbol(0, b"", 0, 0, 0, 0, 0, 0), *symbols]
        self.by_name = {symbol.name: [index] for index, symbol in enumerate(self.symbols[1:], 1)}

    def only_section(self, kind):
        """The one section of a type, or None."""
        found = [section for section in self.sections if section.type == kind]
        must(len(found) <= 1, f"more than one section of type {kind}")
        return found[0] if found else None

    def read_header(self):
        """Rule 1."""
        data = self.data
        must(len(data) >= 52 and data[:4] == b"\x7fELF" and data[4] in (1, 2) and data[5] in (1, 2) and data[6] == 1
             and is_zero(data[9:16]), "not an ELF file that is understood here")
        self.ei_class, self.ei_data, _, self.ei_osabi, self.ei_abiversion = data[4:9]
        self.is64 = self.ei_class == 2
        self.word_size = 8 if self.is64 else 4
        self.order = "<" if self.ei_data == 1 else ">"
        self.ehsize, self.phentsize, self.shentsize = (64, 56, 64) if self.is64 else (52, 32, 40)
        must(len(data) >= self.ehsize, "ELF header is cut off")
        (self.e_type, self.e_machine, self.e_version, self.e_entry, self.e_phoff, self.e_shoff, self.e_flags, e_ehsize,
         self.e_phentsize, self.e_phnum, self.e_shentsize, self.e_shnum, self.e_shstrndx) = struct.unpack_from(
             self.order + ("HHIQQQIHHHHHH" if self.is64 else "HHIIIIIHHHHHH"), data, 16)
        must(self.e_version == 1 and e_ehsize == self.ehsize, "bad e_version or e_ehsize")
        must(self.e_type in (ET_REL, ET_EXEC, ET_DYN), "e_type is not REL, EXEC or DYN")
        self.is_rel = self.e_type == ET_REL

    def read_section_headers(self):
        """Rules 1 and 2."""
        self.sections: List[Section] = []
        self.shstrndx = self.e_shstrndx
        if self.e_shoff == 0:
            must(self.e_shnum == 0 and self.e_shstrndx == 0, "no section headers")
            must(self.e_shentsize in (0, self.shentsize), "bad e_shentsize")
            return
        must(self.e_shentsize == self.shentsize, "bad e_shentsize")
        must(self.e_shnum < SHN_LORESERVE, "bad e_shnum")
        must(self.e_shstrndx < SHN_LORESERVE or self.e_shstrndx == SHN_XINDEX, "bad e_shstrndx")
        form = "IIQQQQIIQQ" if self.is64 else "IIIIIIIIII"
        zero = Section(0, *self.table(self.e_shoff, 1, form)[0])
        count = self.e_shnum
        # What header 0 holds is a number of the file, not of a section: it is taken out of it here.
        if self.e_shnum == 0:
            must(zero.size >= SHN_LORESERVE, "bad extended number of sections")
            count, zero.size = zero.size, 0
        if self.e_shstrndx == SHN_XINDEX:
            must(zero.link >= SHN_LORESERVE, "bad extended e_shstrndx")
            self.shstrndx, zero.link = zero.link, 0
        must(zero == Section(*([0] * 11)), "section header 0 is not zero")
        headers = self.table(self.e_shoff, count, form)
        self.sections = [zero, *(Section(index, *headers[index]) for index in range(1, count))]

    def read_program_headers(self):
        """Rules 1 and 2."""
        must(self.e_phnum <= 1024, "too many program headers")
        must(self.e_phoff == (self.ehsize if self.e_phnum else 0), "the program headers are not behind the ELF header")
        must(self.e_phentsize == self.phentsize or (self.e_phnum == 0 and self.e_phentsize == 0), "bad e_phentsize")
        must(self.e_phnum == 0 or not self.is_rel, "REL file with program headers")
        headers = self.table(self.e_phoff, self.e_phnum, "IIQQQQQQ" if self.is64 else "IIIIIIII")
        if not self.is64:
            headers = [(kind, flags, *middle, alignment) for kind, *middle, flags, alignment in headers]
        self.segments = [Segment(*header) for header in headers]

    def check_extents(self):
        """Rules 4 and 5."""
        extents = [(0, self.ehsize), (self.e_phoff, len(self.segments) * self.phentsize),
                   (self.e_shoff, len(self.sections) * self.shentsize)]
        extents += [(section.offset, section.size) for section in self.sections if section.has_extent]
        judged = [(0, len(self.data))] if not self.is_loaded_only else \
            [(segment.offset, segment.offset + segment.filesz) for segment in self.segments if segment.type == PT_LOAD]
        end = 0
        for offset, size in [*sorted(extent for extent in extents if extent[1]), (len(self.data), 0)]:
            must(offset >= end, f"something at {offset:#x} overlaps what is before it")
            must(offset + size <= len(self.data), f"something at {offset:#x} is not all inside the file")
            must(all(is_zero(self.data[max(end, first):min(offset, last)]) for first, last in judged),
                 f"bytes before {offset:#x} belong to nothing and are not zero")
            end = offset + size
        for section in self.sections:
            must(section.type in (SHT_NULL, SHT_NOBITS) or section.offset <= len(self.data),
                 f"section {section.index} has a sh_offset beyond the file")

    def check_sections(self):
        """Rules 3, 6, 7."""
        must(self.shstrndx == 0 or self.shstrndx < len(self.sections), "bad e_shstrndx")
        names = None
        if self.shstrndx:
            must(self.sections[self.shstrndx].type == SHT_STRTAB, "section name table is not a STRTAB")
            names = bytes(self.bytes_of(self.sections[self.shstrndx]))
        for section in self.sections[1:]:
            must(names is not None or section.name_offset == 0, "section names without a name table")
            section.name = b"" if names is None else name_at(names, section.name_offset, 1023)
            must(known_section_type(section.type, self.e_machine) and (section.type != SHT_NULL or section.size == 0),
                 f"section {section.index} has an unknown type, or type NULL and a size")
            must(section.link < len(self.sections)
                 and (not section.info_is_index or section.info < len(self.sections)),
                 f"section {section.index}: bad sh_link or sh_info")

    def read_symtab_shndx(self):
        """Rules 8 and 9, the sections."""
        self.symtab = self.only_section(SHT_SYMTAB)
        table = self.only_section(SHT_SYMTAB_SHNDX)
        self.symtab_index = self.symtab.index if self.symtab else -1
        self.extended_indices = None
        entsize = 24 if self.is64 else 16
        if self.symtab:
            must(not self.symtab.alloc and self.symtab.entsize == entsize and self.symtab.size > 0
                 and self.symtab.size % entsize == 0, "SYMTAB: bad sh_flags, sh_entsize or sh_size")
            must(self.sections[self.symtab.link].type == SHT_STRTAB, "the SYMTAB's sh_link is not a STRTAB")
        if table:
            must((table.name, table.flags, table.addr, table.info, table.addralign, table.entsize)
                 == (b".symtab_shndx", 0, 0, 0, 4, 4), "SYMTAB_SHNDX: bad header")
            must(table.link == self.symtab_index and table.size == self.symtab.size // entsize * 4,
                 "SYMTAB_SHNDX: sh_link is not the SYMTAB, or sh_size does not go with it")
            self.extended_indices = self.words(table)

    def read_symbols(self):
        """Rules 8 and 9, the entries. Entry 0 has the empty name without a look into the table."""
        self.symbols: List[Symbol] = []
        self.by_name: Dict[bytes, List[int]] = {}
        if not self.symtab:
            return
        names = bytes(self.bytes_of(self.sections[self.symtab.link]))
        entries = struct.iter_unpack(self.order + ("IBBHQQ" if self.is64 else "IIIBBH"), self.bytes_of(self.symtab))
        if not self.is64:
            entries = ((name, info, other, shndx, value, size) for name, value, size, info, other, shndx in entries)
        must(next(entries) == (0, 0, 0, 0, 0, 0), "symbol 0 is not zero")
        self.symbols.append(Symbol(0, b"", 0, 0, 0, 0, 0, 0))
        for index, (name_offset, info, other, shndx, value, size) in enumerate(entries, 1):
            name = name_at(names, name_offset, 16383)
            section = self.symbol_section(index, shndx)
            self.symbols.append(Symbol(name_offset, name, info, other, shndx, section, value, size))
            self.by_name.setdefault(name, []).append(index)
        binds = [symbol.info >> 4 for symbol in self.symbols]
        must(self.symtab.info <= len(binds) and not any(binds[:self.symtab.info]) and all(binds[self.symtab.info:]),
             "the SYMTAB's sh_info does not part the local symbols from the others")
        must(not self.extended_indices or self.extended_indices[0] == 0, "SYMTAB_SHNDX: entry not 0")

    def symbol_section(self, index, shndx):
        """Rules 8 and 9: what st_shndx and its SYMTAB_SHNDX entry may be."""
        extended = self.extended_indices[index] if self.extended_indices else 0
        if shndx == SHN_XINDEX:
            if not SHN_LORESERVE <= extended < len(self.sections):
                raise Refused(f"symbol {index}: bad extended section index")
            return extended
        if extended or len(self.sections) <= shndx < SHN_LORESERVE:
            raise Refused(f"symbol {index}: bad section index")
        return shndx if shndx < SHN_LORESERVE else -1

    def find_symbolic_relocation_sections(self):
        """Rule 10."""
        self.symbolic = {section.index: section for section in self.sections if section.type in (SHT_RELA, SHT_REL)
                         and (self.is_rel or not section.alloc) and section.link == self.symtab_index}
        for section in self.sections if self.is_rel else ():
            must(section.type not in (SHT_RELA, SHT_REL) or section.size == 0 or section.index in self.symbolic,
                 f"{section}: relocations that are not symbolic")
        for section in self.symbolic.values():
            target = self.sections[section.info]
            must(not self.is_rel or (section.info != 0 and target.type not in (SHT_REL, SHT_RELA)),
                 f"{section}: bad sh_info")
            entries = self.relocations(section)
            must(self.is_loaded_only and not self.is_rel or not entries.symbols
                 or max(entries.symbols) < len(self.symbols), f"{section}: bad symbol index")

    def relocations(self, section):
        """Section 5: the entries of a REL or RELA section."""
        if section.index in self.relocation_cache:
            return self.relocation_cache[section.index]
        columns = 3 if section.type == SHT_RELA else 2
        must(section.entsize == self.word_size * columns and section.size % section.entsize == 0,
             f"{section}: bad sh_entsize or sh_size")
        words = array("Q" if self.is64 else "I", bytes(self.bytes_of(section)))
        if self.order != HOST_ORDER:
            words.byteswap()
        offsets, infos = words[0::columns], words[1::columns]
        shift = 32 if self.is64 else 8
        types = array("I", [info & (1 << shift) - 1 for info in infos])
        symbols = array("I", [info >> shift for info in infos])
        if self.is64 and self.e_machine == EM_MIPS and self.order == "<":
            # Read as a little-endian number the symbol is the low half, the types the high one, in reverse order.
            types, symbols = symbols, types
            types.byteswap()
        if columns == 3:
            addends = array("q" if self.is64 else "i", words[2::3].tobytes())
        else:
            addends = array("q", bytes(8 * len(offsets)))
        self.relocation_cache[section.index] = Relocations(offsets, types, symbols, addends)
        return self.relocation_cache[section.index]

    def find_derived_string_tables(self):
        """Rule 11. A used offset covers bytes up to the next zero, so the start of each non-zero run must be used."""
        symbol_names = self.symtab.link if self.symtab else 0
        self.derived = {index for index in (self.shstrndx, symbol_names) if index
                        and self.sections[index].type == SHT_STRTAB and not self.sections[index].alloc
                        and not any(user.link == index for user in self.sections if user.type != SHT_SYMTAB)}
        for index in self.derived if self.is_rel or not self.is_loaded_only else ():
            used = {section.name_offset for section in self.sections} if index == self.shstrndx else set()
            if index == symbol_names:
                used.update(symbol.name_offset for symbol in self.symbols)
            data = bytes(self.bytes_of(self.sections[index]))
            must(not data or data[0] == data[-1] == 0, f"section {index}: first or last byte is not zero")
            must(all(run.start() in used for run in re.finditer(rb"[^\0]+", data)),
                 f"section {index}: bytes that no name uses")

    def read_groups(self):
        """Rule 12."""
        self.groups: Dict[int, List[int]] = {}
        self.grouped = set()
        for section in self.sections:
            if section.type != SHT_GROUP:
                continue
            must(not section.alloc and section.entsize == 4 and section.size >= 4 and section.size % 4 == 0,
                 f"{section}: bad sh_flags, sh_entsize or sh_size")
            must(section.link == self.symtab_index and section.info < len(self.symbols),
                 f"{section}: bad sh_link or sh_info")
            self.groups[section.index] = self.words(section)
            for member in self.groups[section.index][1:]:
                must(0 < member < len(self.sections) and member not in self.grouped, f"{section}: bad member {member}")
                self.grouped.add(member)

    def check_names_of_tables(self):
        """Rule 14."""
        for section in self.sections[1:] if self.is_rel else ():
            if section is self.symtab:
                good = section.name == b".symtab"
            elif section.index in self.groups:
                good = section.name == b".group"
            elif section.index in self.derived:
                good = section.name in (b".strtab", b".shstrtab")
            elif section.index in self.symbolic:
                good = section.name.startswith((b".rel", b".klp.rel"))
            else:
                good = section.type != SHT_NOBITS or section.size == 0 or section.alloc
            must(good, f"{section}: not the name of such a table, or a size without bytes")

    def check_loaded_header(self, load):
        """Rules 13g and 13h, where the ELF header and the program headers are loaded."""
        end = self.ehsize + self.e_phnum * self.phentsize
        must(not overlap(0, end, load.offset, load.filesz) or (load.offset == 0 and load.filesz >= end),
             "a PT_LOAD has part of the ELF header or of the program headers")

    def check_segments(self):
        """Rule 13."""
        if self.is_rel:
            return
        loads = [segment for segment in self.segments if segment.type == PT_LOAD]
        for load in loads:
            must(load.filesz <= load.memsz and max(load.vaddr, load.paddr) + load.memsz <= MAX_U64
                 and (load.filesz == 0 or load.offset + load.filesz <= len(self.data)), "a PT_LOAD has bad sizes")
            must(load.align & (load.align - 1) == 0 and (not load.filesz or not load.align
                 or (load.offset - load.vaddr) % load.align == 0), "a PT_LOAD has a bad p_align, or is not congruent")
            self.check_loaded_header(load)
        for ranges in ([(load.offset, load.filesz) for load in loads], [(load.paddr, load.memsz) for load in loads]):
            ranges = sorted(item for item in ranges if item[1])
            must(not any(overlap(*first, *second) for first, second in zip(ranges, ranges[1:])), "PT_LOADs overlap")
        unloaded = [self.e_shoff] if self.sections else []
        for section in self.sections:
            if section.has_extent and section.alloc:
                must(sum(load.holds(section.offset, section.size, section.addr) for load in loads) == 1,
                     f"{section} is not in exactly one PT_LOAD at its address")
            elif section.has_extent:
                unloaded.append(section.offset)
        must(min(unloaded, default=0) >= max((load.offset + load.filesz for load in loads if load.filesz), default=0)
             or not unloaded, "a section that is not SHF_ALLOC, or the section header table, is not behind all PT_LOADs")
        attributes = [(section.offset, section.size) for section in self.sections
                      if section.type == RISCV_ATTRIBUTES]
        for segment in self.segments:
            if segment.type == PT_LOAD or segment.filesz == 0:
                continue
            if segment.type == RISCV_ATTRIBUTES and self.e_machine == EM_RISCV:
                must(attributes == [(segment.offset, segment.filesz)], "the attributes segment is not a section")
                continue
            size = 1 if segment.type == PT_GNU_RELRO else segment.filesz
            must(sum(load.holds(segment.offset, size, segment.vaddr) for load in loads) == 1,
                 f"segment of type {segment.type:#x} is not in exactly one PT_LOAD at its address")


def relocation_records(relocations, numbers):
    """Section 5: 24 bytes an entry. numbers: canonical number by symbol index."""
    records = array("Q", bytes(24 * len(relocations.offsets)))
    records[0::3] = array("Q", relocations.offsets)
    records[1::3] = array("Q", [kind | numbers[symbol] << 32 for kind, symbol
                                in zip(relocations.types, relocations.symbols)])
    records[2::3] = array("Q", array("q", relocations.addends).tobytes())
    if HOST_ORDER == ">":
        records.byteswap()
    return records.tobytes()
