# SPDX-License-Identifier: LGPL-2.1-or-later
"""Section 8: symbols and relocations around exclusions."""

import re
import struct

from .common import (
    EM_MIPS, EM_RISCV, PT_GNU_RELRO, PT_LOAD, PT_NOTE, SHN_LORESERVE, SHT_CREL, SHT_DYNSYM, SHT_GROUP, SHT_NOTE, SHT_REL,
    SHT_RELA, SHT_RELR, STB_GLOBAL, STT_NOTYPE, STT_SECTION, align, must, overlap)
from .policy import BINDS, TYPES
from .resolution import read_notes


def check_symbols(elf, numbering):
    """Rules 1 and 2."""
    seen = set()
    for index in numbering.around_taken:
        symbol = elf.symbols[index]
        is_section = symbol.type == STT_SECTION and symbol.name in (b"", elf.sections[symbol.section].name)
        is_mapping = symbol.type == STT_NOTYPE and re.fullmatch(rb"\$d(\.[0-9]{1,9})?", symbol.name)
        must((is_section or is_mapping) and (symbol.bind, symbol.value, symbol.size, symbol.other) == (0, 0, 0, 0)
             and (symbol.section, is_section) not in seen, f"symbol {index} is in a taken-out section")
        seen.add((symbol.section, is_section))
    for index, line in numbering.policy_symbols.items():
        symbol = elf.symbols[index]
        if symbol.shndx:
            good = (symbol.bind, symbol.type) == (BINDS[line.bind], TYPES[line.type])
        else:
            good = (symbol.bind, symbol.type, symbol.value, symbol.size) == (STB_GLOBAL, STT_NOTYPE, 0, 0)
        must(good and symbol.other == 0, f"policy symbol {line.name} has another binding, type, value or size")
        must(symbol.shndx or not numbering.has_symtab or index in numbering.named,
             f"policy symbol {line.name} is undefined, and nothing that counts refers to it")
    for exclusion in numbering.floating:
        for line in exclusion.rule.symbols:
            for symbol in elf.symbols_named(line.name):
                must(symbol.section >= 0 and (symbol.shndx or not exclusion.section),
                     f"policy symbol {line.name} is undefined, or in no section")


def check_references(elf, numbering):
    """Rule 3, and section 5: the symbol of a GROUP."""
    for section in elf.sections if numbering.taken else ():
        must(section.link not in numbering.taken
             and not (section.info_is_index and section.info in numbering.taken)
             and numbering.taken.isdisjoint(elf.groups.get(section.index, ())[1:]),
             f"section {section.index} refers to a taken-out section")
    for section in () if elf.is_loaded_only and not elf.is_rel else elf.symbolic.values():
        must(not numbering.around_taken or set(numbering.around_taken).isdisjoint(elf.relocations(section).symbols),
             f"{section} relocates to a taken-out section")
    must(all(section.type != SHT_GROUP or numbering.symbol_numbers[section.info] is not None
             for section in numbering.in_scope), "the symbol of a GROUP has no number")


def check_patches(elf, masks):
    """Rule 4."""
    for section in elf.sections:
        if section.type in (SHT_REL, SHT_RELA, SHT_CREL):
            everywhere = section.alloc or not elf.is_loaded_only and (
                section.info == 0 or elf.sections[section.info].alloc)
            concerned = [mask for mask in masks if mask.section == section.info] if elf.is_rel else \
                masks if everywhere else []
            patches = relocation_patches
        elif section.type == SHT_RELR and not elf.is_rel:
            concerned, patches = masks, relr_patches
        else:
            continue
        if not concerned:
            continue
        must(section.type != SHT_CREL, f"{section}: compact relocations may patch masked bytes")
        ranges = [(mask.offset + (0 if elf.is_rel else elf.sections[mask.section].addr), mask.size)
                  for mask in concerned]
        low, high = min(ranges)[0] - 16, max(start + size for start, size in ranges)
        for offset, width in patches(elf, section):
            must(not low < offset < high or not any(overlap(offset, width, *item) for item in ranges),
                 f"{section} patches masked bytes")


# Rule 5: types of sections without numbers, on any machine and on some; and those whose symbols are not the SYMTAB's.
WITHOUT_NUMBERS = {1, 3, 6, 7, 14, 15, 16, SHT_RELR, 0x6FFF4C08, 0x6FFF4C0A, 0x6FFFFFF4, 0x6FFFFFF5, 0x6FFFFFFD, 0x6FFFFFFE}
WITHOUT_NUMBERS_ON = {15: {0x70000001}, 40: {0x70000001, 0x70000003}, 50: {0x70000001}, 62: {0x70000001},
                      183: {0x70000003}, EM_RISCV: {0x70000003},
                      EM_MIPS: {0x70000006, 0x7000000D, 0x7000001E, 0x7000002A}}
DYNAMIC_NUMBERS = {SHT_RELA, 5, SHT_REL, 0x6FFFFFF6, 0x6FFFFFFF}


def check_dynsym(elf, section, numbering):
    """Rule 5d."""
    if numbering.keeps_sections_of_file():
        return
    entsize, at = (24, 6) if elf.is64 else (16, 14)
    must(section.entsize == entsize and section.size % entsize == 0, f"{section}: bad sh_entsize or sh_size")
    data = bytes(elf.bytes_of(section))
    for entry in range(0, len(data), entsize):
        index = elf.integer(data[entry + at:entry + at + 2])
        must(index == 0 or index >= SHN_LORESERVE or numbering.section_numbers.get(index) == index,
             f"{section} has a number of a section that is numbered anew")


def check_raw_indices(elf, numbering):
    """Rule 5."""
    for section in numbering.in_scope:
        if not section.has_extent or section is elf.symtab or section.type == SHT_GROUP \
                or section.index in elf.derived or section.index in elf.symbolic:
            continue
        bound = section.link == elf.symtab_index
        if not bound and (section.type in WITHOUT_NUMBERS
                          or section.type in WITHOUT_NUMBERS_ON.get(elf.e_machine, ())):
            continue
        if not bound and section.type in DYNAMIC_NUMBERS \
                and (section.link == 0 or elf.sections[section.link].type == SHT_DYNSYM):
            continue
        if not bound and section.type == SHT_DYNSYM:
            check_dynsym(elf, section, numbering)
            continue
        must(numbering.keeps_numbers_of_file(), f"{section} may hold numbers of sections or symbols that are numbered anew")


def is_plain_note(elf, segment):
    """Rule 6b: the extents of NOTE sections, one after the other."""
    notes = {section.offset: section for section in elf.sections if section.type == SHT_NOTE and section.size}
    at, end = segment.offset, segment.offset + segment.filesz
    if segment.type != PT_NOTE or segment.align not in (4, 8) \
            or any(value % segment.align for value in (segment.offset, segment.vaddr, segment.filesz)):
        return False
    while at < end and at in notes and notes[at].addralign == segment.align:
        at += notes[at].size
    return at == end


def check_masked_notes(elf, exclusions):
    """Rule 8."""
    for exclusion, mask in ((exclusion, mask) for exclusion in exclusions for mask in exclusion.masks):
        section = elf.sections[mask.section]
        if section.type != SHT_NOTE:
            continue
        must(section.addralign in (4, 8), f"{section} has masked notes and an alignment of {section.addralign}")
        must(not any(value % section.addralign for value in
                     (section.size, *(() if elf.is_rel else (section.addr, section.offset)))),
             f"{section} has masked notes and is not aligned")
        if section.addralign == 8 and exclusion.kind == "note":
            notes = list(read_notes(elf, section))
            must(not any(align(12 + len(name), 4) % 8 for name, _, _ in notes)
                 and not any(align(descriptor.size, 4) % 8 for _, _, descriptor in notes[:-1]),
                 f"{section} has other notes for those who pad to 4")


def check_ways_in(elf, exclusions):
    """Rules 6 and 7."""
    for exclusion, mask in ((exclusion, mask) for exclusion in exclusions for mask in exclusion.masks):
        section = elf.sections[mask.section]
        address, offset = section.addr + mask.offset, section.offset + mask.offset
        must(sum(overlap(address, mask.size, load.vaddr, load.memsz) for load in elf.segments if load.type == PT_LOAD) == 1,
             "masked bytes are where two PT_LOADs have their addresses")
        for shift in (0, *(load.paddr - load.vaddr for load in elf.segments if load.type == PT_LOAD)):
            must((elf.e_entry - address - shift) % (1 << 64) >= mask.size, "the entry point is in masked bytes")
        for segment in elf.segments:
            must(segment.type in (PT_LOAD, PT_GNU_RELRO) or not overlap(offset, mask.size, segment.offset, segment.filesz)
                 or is_plain_note(elf, segment), "a segment leads to masked bytes")
        must(exclusion.rule.content != "build-id" or not any(
            symbol.section == mask.section and 0 <= symbol.value - section.addr - mask.offset < mask.size
            for symbol in elf.symbols), "a symbol leads to masked bytes")


def relocation_patches(elf, section):
    relocations = elf.relocations(section)
    widths = {kind: width for width, kinds in WIDTHS.get(elf.e_machine, {}).items() for kind in kinds}
    other = 16 if elf.e_machine not in WIDTHS else 4 if elf.e_machine == 3 else 8
    return ((offset, widths.get(kind, other)) for offset, kind in zip(relocations.offsets, relocations.types))


def relr_patches(elf, section):
    size, base = elf.word_size, None
    must(section.entsize == size and section.size % size == 0, f"{section}: bad sh_entsize or sh_size")
    for word, in struct.iter_unpack(elf.order + ("Q" if elf.is64 else "I"), elf.bytes_of(section)):
        if word & 1 == 0:
            yield word, size
            base = word + size
            must(base < 1 << 64, f"{section}: an address beyond 2^64")
            continue
        must(base is not None, f"{section}: bitmap before the first address")
        for bit in range(1, 8 * size):
            if word >> bit & 1:
                yield base + (bit - 1) * size, size
        base += (8 * size - 1) * size
        must(base < 1 << 64, f"{section}: an address beyond 2^64")


WIDTHS = {
    3: {1: {22, 23}, 2: {20, 21}, 8: {41}},     # all others are 4
    62: {1: {14, 15}, 2: {12, 13}, 4: {2, 3, 4, 9, 10, 11, 19, 20, 21, 22, 23, 26, 32, 34, 35, 41, 42}, 16: {36}},
    183: {2: {259, 262}, 4: {258, 261, *range(263, 300), *range(311, 316)}, 16: {1031}},
    40: {1: {8}, 2: {5}, 4: {2, 3, 28, 29, 38, 41, 42}},
    21: {2: {3, 4, 5, 6}, 4: {1, 10, 11, 26}},
    EM_MIPS: {}, 20: {},
    22: {1: {1}, 2: {3, 15, 16}, 4: {4, 5, 19}},
    243: {1: {33, 37, 52, 53, 54}, 2: {34, 38, 55}, 4: {1, 35, 39, 56, 57, 59}, 16: {60, 61}},
    258: {16: {107, 108}},
}
