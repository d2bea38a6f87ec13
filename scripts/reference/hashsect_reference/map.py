# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sections 6.4 and 6.5: maps, and the note that carries one."""

import hashlib
import re

from .common import SHT_NOTE, Refused, is_zero, must
from .elf import Symbol
from .policy import BINDS, TYPES

LONGEST_MAP = 65536
NOTE_SECTION = ".gnu.warning.hashsect"
NOTE_NAME = b"hashsect\0\0\0\0"     # with its padding
NOTE_NAME_SIZE, NOTE_TYPE = 9, 1
SYMBOL_LINE = re.compile(r"symbol ([\x21-\x7e]+) ([1-9][0-9]{0,9}) 0x([0-9a-f]{1,16}) 0x([0-9a-f]{1,16})")


def alloc_sections(elf):
    """SECTION n of a map is element n - 1."""
    return [section for section in elf.sections[1:] if section.alloc]


def defined_symbols(elf, name):
    return [symbol for symbol in elf.symbols_named(name) if symbol.section > 0]


def symbol_line(elf, name):
    """The line of a name that the file defines."""
    symbol, = defined_symbols(elf, name)
    section = elf.sections[symbol.section]
    must(section.alloc, f"symbol {name}: no map has one in a section without SHF_ALLOC")
    return f"symbol {name} {alloc_sections(elf).index(section) + 1} {symbol.value:#x} {symbol.size:#x}"


def rule_lines(elf, exclusion):
    """What a map says of one rule."""
    rule = exclusion.rule
    yield f"rule {rule.name} {exclusion.letter}"
    for mask in exclusion.masks:
        yield f"mask {elf.sections[mask.section].addr + mask.offset:#x} {mask.size:#x}"
    for name in rule.names():
        if defined_symbols(elf, name):
            yield symbol_line(elf, name)


def map_text(elf, policy, exclusions, printed):
    """The text of a map, from where the names are and what the rules resolved to."""
    lines = ["hashsect-map 1", f"policy {hashlib.sha256(policy.canonical_text()).hexdigest()}", f"digest {printed}"]
    for exclusion in exclusions:
        lines += rule_lines(elf, exclusion)
    text = "".join(line + "\n" for line in lines).encode("ascii")
    must(len(text) <= LONGEST_MAP, "the map is too long")
    return text


def check_can_be_mapped(elf, policy):
    """Making a map: what the file and the policy must be."""
    must(not elf.is_rel and elf.symtab and policy.rules, "no map: not a linked file with a SYMTAB, or no rules")
    for name in (name for rule in policy.rules for name in rule.names()):
        must(all(symbol.shndx == 0 or (symbol.section > 0 and elf.sections[symbol.section].alloc)
                 for symbol in elf.symbols_named(name)), f"no map: symbol {name} is not in a section with SHF_ALLOC")


class Map:
    """A map that is used for a file."""

    def __init__(self, text):
        self.text = bytes(text)
        must(len(self.text) <= LONGEST_MAP, "map: too long")
        must(re.fullmatch(rb"[\x20-\x7e\n]*", self.text), "map: not text")
        self.lines = self.text.decode("ascii").split("\n")
        must(len(self.lines) > 3 and self.lines[2].startswith("digest "), "map: no line digest")
        self.printed = self.lines[2].partition(" ")[2]

    def define_symbols(self, elf, policy):
        """The names of a file without a SYMTAB."""
        must(not elf.is_rel, "map: not a linked file")
        info = {line.name: BINDS[line.bind] << 4 | TYPES[line.type] for rule in policy.rules for line in rule.symbols}
        sections, found = alloc_sections(elf), {}
        for line in self.lines:
            if not line.startswith("symbol "):
                continue
            match = SYMBOL_LINE.fullmatch(line)
            must(match and int(match[2]) <= len(sections), f"map: bad line {line!r}")
            must(elf.is64 or max(int(match[3], 16), int(match[4], 16)) < 1 << 32, f"map: number too large in {line!r}")
            name, section = match[1], sections[int(match[2]) - 1].index
            symbol = Symbol(0, name.encode(), info.get(name, 0), 0, section, section, int(match[3], 16),
                            int(match[4], 16))
            must(found.setdefault(name, symbol) == symbol, f"map: symbol {name} is in two places")
        elf.define(found.values())

    def check(self, elf, policy, exclusions):
        """The map must be what the file and the policy make of it; only its digest is of another file, maybe."""
        must(not elf.is_rel and policy.rules, "map: not a linked file, or the policy has no rules")
        must(re.fullmatch(rf"hashsect1:sha256:{re.escape(policy.tag())}:loaded:[0-9a-f]{{64}}", self.printed),
             "map: bad digest")
        must(self.text == map_text(elf, policy, exclusions, self.printed), "map: it is not one of this file and policy")


def is_referred_to(elf, section):
    return (any(user.link == section.index or (user.info_is_index and user.info == section.index)
                for user in elf.sections)
            or section.index in elf.grouped or any(symbol.section == section.index for symbol in elf.symbols))


def note_text(elf, section):
    """The text in a section that has the form of section 6.5, else None."""
    if (section.type, section.flags, section.addr, section.link, section.info, section.addralign, section.entsize) \
            != (SHT_NOTE, 0, 0, 0, 0, 4, 0) or section.size < 24 or is_referred_to(elf, section):
        return None
    data = bytes(elf.bytes_of(section))
    size = elf.integer(data[4:8])
    head = (elf.integer(data[:4]), elf.integer(data[8:12]), data[12:24])
    text, padding = data[24:24 + size], data[24 + size:]
    if head != (NOTE_NAME_SIZE, NOTE_TYPE, NOTE_NAME) or len(text) != size or len(padding) != -size % 4 \
            or not is_zero(padding):
        return None
    return text


def only_note(elf, policy):
    """The one section of this name, and its text; or None, also if the policy has no rules."""
    sections = elf.sections_named(NOTE_SECTION)
    if not policy.rules or len(sections) != 1:
        return None, None
    return sections[0], note_text(elf, sections[0])


def embedded_map(elf, policy):
    """The text of the note that a file without a SYMTAB carries for itself, or None."""
    return None if elf.symtab else only_note(elf, policy)[1]


def note_left_out(elf, policy, given, make_map):
    """The section that is not in scope, or None. given: text of a map from outside; make_map: a function."""
    section, text = only_note(elf, policy)
    if text is None:
        return None
    if not elf.symtab:
        return section if text == given else None
    try:
        return section if text == make_map() else None
    except Refused:
        return None     # there is no map of this file
