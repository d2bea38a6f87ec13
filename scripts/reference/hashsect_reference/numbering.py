# SPDX-License-Identifier: LGPL-2.1-or-later
"""Section 4: canonical numbers."""

from typing import Dict, List, Optional

from .common import (
    EM_MIPS, LLVM_ADDRSIG, MIPS_DWARF, NOT_IN_SCOPE, POLICY_SYMBOL_BASE, SHT_CREL, SHT_GROUP, SHT_PROGBITS, SHT_REL, SHT_RELA,
    SHT_SYMTAB_SHNDX, STB_LOCAL, STT_FILE, STT_SECTION)
from .policy import SymbolLine


class Numbering:
    """Which sections are in scope and which symbols are counted, and their numbers."""

    def __init__(self, elf, exclusions, scope, left_out):
        self.elf = elf
        self.has_symtab = elf.symtab is not None and (scope == "file" or elf.is_rel)
        self.left_out = left_out                # a note of section 6.5, or None
        self.taken = {exclusion.section.index for exclusion in exclusions
                      if exclusion.section and exclusion.letter in "FS"}
        self.floating = [exclusion for exclusion in exclusions if exclusion.letter in "FS"]
        self.in_scope = [section for section in elf.sections[1:] if self.is_in_scope(section, scope)]
        self.section_numbers = {0: 0, **{section.index: count for count, section in enumerate(self.in_scope, 1)}}
        self.policy_symbols: Dict[int, SymbolLine] = {}
        self.around_taken: List[int] = []       # section and mapping symbols of taken-out sections
        self.symbol_numbers: List[Optional[int]] = [0] if elf.symbols else []
        self.counted: List[int] = []            # the numbered symbols below 0x80000000, without index 0
        self.number_symbols(exclusions, scope)

    def is_in_scope(self, section, scope):
        if section.index in self.taken or section.type == SHT_SYMTAB_SHNDX or section is self.left_out:
            return False
        if scope == "file" or section.alloc:
            return True
        if not self.elf.is_rel:
            return False
        prefix = {SHT_REL: b".rel", SHT_RELA: b".rela", SHT_CREL: b".crel"}.get(section.type)
        if prefix:
            target = self.elf.sections[section.info]
            return not (self.is_for_debuggers(target) and section.name == prefix + target.name)
        return section.type != SHT_GROUP and not self.is_for_debuggers(section)

    def is_for_debuggers(self, section):
        """Section 4: a debug section."""
        if section.alloc:
            return False
        if section.type == LLVM_ADDRSIG:
            return section.name == b".llvm_addrsig"
        return ((section.type == SHT_PROGBITS or (section.type == MIPS_DWARF and self.elf.e_machine == EM_MIPS))
                and (section.name.startswith((b".debug_", b".zdebug_"))
                     or section.name in (b".comment", b".gnu_debuglink", b".gnu_debugaltlink")))

    def number_symbols(self, exclusions, scope):
        lines = [(exclusion, line) for exclusion in exclusions for line in exclusion.rule.symbols]
        policy_names = {line.name.encode(): (number_of_line, line, exclusion.section.index if exclusion.section else 0)
                        for number_of_line, (exclusion, line) in enumerate(lines, POLICY_SYMBOL_BASE)
                        if exclusion.letter in "FS"}
        self.named = set()                      # by relocations that count
        for section in self.in_scope:
            if section.index in self.elf.symbolic:
                self.named.update(self.elf.relocations(section).symbols)
        for index, symbol in enumerate(self.elf.symbols[1:], 1):
            canonical = None
            policy_number, line, taken = policy_names.get(symbol.name, (None, None, 0))
            if line and (symbol.shndx == 0 or (taken and symbol.section == taken)):
                canonical = policy_number
                self.policy_symbols[index] = line
            elif symbol.section in self.taken:
                self.around_taken.append(index)
            elif scope == "file" or (self.elf.is_rel and (index in self.named or self.counts_when_loaded(symbol))):
                self.counted.append(index)
                canonical = len(self.counted)
            self.symbol_numbers.append(canonical)

    def counts_when_loaded(self, symbol):
        """Scope loaded of a REL file, a symbol that no relocation in scope names."""
        if symbol.type == STT_FILE:
            return False
        if symbol.bind != STB_LOCAL or symbol.section <= 0:
            return True
        is_plain = symbol.type == STT_SECTION and (symbol.name, symbol.value, symbol.size, symbol.other) == (b"", 0, 0, 0)
        return symbol.section in self.section_numbers and not is_plain

    def keeps_sections_of_file(self):
        """Whether every section in scope has its index as its number."""
        return all(number == index for index, number in self.section_numbers.items())

    def keeps_numbers_of_file(self):
        """Section 8, rule 5a."""
        return (self.keeps_sections_of_file()
                and (not self.elf.symtab or len(self.counted) == len(self.elf.symbols) - 1))

    def addr(self, section):
        """Section 5, addr."""
        if not self.elf.is_rel or section.size or section.alloc:
            return section.addr
        anything = any(symbol.section == section.index and (symbol.type != STT_SECTION or index in self.named)
                       for index, symbol in enumerate(self.elf.symbols))
        return section.addr if anything else int(section.addr != 0)

    def section(self, index):
        """The canonical number of a section."""
        return self.section_numbers.get(index, NOT_IN_SCOPE)

    def symbol_section(self, symbol):
        """Section 5: section of a symbol record."""
        return self.section(symbol.section) if symbol.section >= 0 else 0xFFFF0000 + symbol.shndx

    def info(self, section):
        """Section 5: info."""
        if section is self.elf.symtab:
            return 1 + sum(self.elf.symbols[index].bind == STB_LOCAL for index in self.counted)
        if section.type == SHT_GROUP:
            return self.symbol_numbers[section.info]
        return self.section(section.info) if section.info_is_index else section.info
