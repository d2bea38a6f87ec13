# SPDX-License-Identifier: LGPL-2.1-or-later
"""Section 6.3: what the rules of a policy match in a file."""

import struct
from collections import namedtuple
from dataclasses import dataclass, field
from typing import Dict, List, Optional

from .common import SHF_NEVER_EXCLUDED, SHT_NOTE, SHT_PROGBITS, Refused, align, is_zero, must
from .elf import Section
from .policy import Rule

Mask = namedtuple("Mask", "section offset size")

# Where a symbol is defined: section index, position in it; and its st_size.
Place = namedtuple("Place", "section position size")


@dataclass
class Exclusion:
    """What a rule takes out or masks in this file."""
    rule: Rule
    letter: str
    kind: str                                           # of the match line
    places: Dict[str, Place]                            # the rule's defined names, in the order of its names
    roles: Dict[str, List[Place]]                       # the rule's defined symbols
    section: Optional[Section] = None                   # taken out, or masked as a whole
    ranges: List[Mask] = field(default_factory=list)    # the masks, and ranges of length 0
    residue: bytes = b""

    @property
    def masks(self):
        return [mask for mask in self.ranges if mask.size]


class Resolver:
    """Tries the match lines of the rules on a file."""

    def __init__(self, elf, has_map):
        self.elf = elf
        self.shows_absence = has_map or elf.symtab is not None
        self.notes = None

    def resolve(self, rule):
        """The first match line that matches decides."""
        places = {}
        for name in rule.names():
            defined = [symbol for symbol in self.elf.symbols_named(name) if symbol.section > 0]
            must(len(defined) <= 1, f"rule {rule.name}: symbol {name} is defined more than once")
            for symbol in defined:
                section = self.elf.sections[symbol.section]
                position = symbol.value if self.elf.is_rel else symbol.value - section.addr
                must(0 <= position <= section.size, f"rule {rule.name}: symbol {name} is outside its section")
                places[name] = Place(section.index, position, symbol.size)
        roles: Dict[str, List[Place]] = {}
        for line in rule.symbols:
            if line.name in places:
                roles.setdefault(line.role, []).append(places[line.name])
        for match in rule.matches:
            found = getattr(self, "match_" + match.kind)(rule, match, places, roles)
            if found is not None:
                letter, section, ranges = found
                return Exclusion(rule, letter, match.kind, places, roles, section, ranges)
        raise Refused(f"rule {rule.name}: nothing matches")

    # Each returns None, or the letter, the section that is taken out or masked as a whole, and the ranges.

    def match_section(self, rule, match, places, _roles):
        found = self.elf.sections_named(match.name)
        if not found:
            return None
        section = found[0]
        must(len(found) == 1, f"{section} is there more than once")
        must((section.type, section.flags, section.entsize, section.link, section.info)
             == (match.type, match.flags, match.entsize, 0, 0) and section.addralign in match.aligns
             and section.size <= rule.max_size, f"{section} has another header than rule {rule.name} says")
        must(all(place.section == section.index for place in places.values()),
             f"rule {rule.name}: a symbol is defined in another section")
        if not self.elf.is_rel and section.alloc:
            return "M", section, [Mask(section.index, 0, section.size)]
        must(section.addr == 0, f"{section}: sh_addr not 0")
        return "F" if rule.optional else "S", section, []

    def match_roles(self, rule, _match, _places, roles):
        if "module-start" not in roles:
            return None
        what = f"rule {rule.name}: roles"
        must("module-end" in roles, f"{what}: no module-end")
        must(("slot" in roles) == ("slot-used" in roles), f"{what}: slot and slot-used go together")
        (section, start, _), (end_section, end, _) = roles["module-start"][0], roles["module-end"][0]
        must(section == end_section and start <= end, f"{what}: module-end is not behind module-start")
        ranges = [Mask(section, start, end - start)]
        word = self.elf.word_size
        for role, size in (("slot", None), ("slot-used", 4), ("list-size", word), ("module-size", word)):
            for place in roles.get(role, ()):
                must(place.section == section, f"{what}: {role} is in another section")
                must(role != "slot" or place.size != 0, f"{what}: slot has no size")
                ranges.append(Mask(section, place.position, size or place.size))
        return "M", None, ranges

    def match_range(self, rule, match, places, _roles):
        if match.name not in places:
            return None
        section, start, _ = places[match.name]
        if not match.last:
            return "M", None, [Mask(section, start, match.size)]
        last = places.get(match.last)
        must(last and last.section == section and last.position >= start, f"rule {rule.name}: the range has no end")
        return "M", None, [Mask(section, start, last.position - start)]

    def match_note(self, rule, match, _places, _roles):
        if self.notes is None:
            self.notes = [note for section in self.elf.sections if section.type == SHT_NOTE
                          for note in read_notes(self.elf, section)]
        found = [mask for name, kind, mask in self.notes if name == match.name.encode() + b"\0" and kind == match.type]
        if not found:
            return None
        must(len(found) == 1, f"rule {rule.name}: more than one such note")
        must(found[0].size == match.size,
             f"rule {rule.name}: {match.size} bytes are wanted in a note {match.name}, it has {found[0].size}")
        return "M", None, found

    def match_nothing(self, rule, _match, _places, _roles):
        names = rule.names()
        must(not names or self.shows_absence, f"rule {rule.name}: the file has no symbol table, and there is no map")
        must(not any(symbol.shndx for name in names for symbol in self.elf.symbols_named(name)),
             f"rule {rule.name}: a symbol is defined")
        return "F" if rule.optional else "N", None, []


def read_notes(elf, section):
    """Section 7.4: name, type and descriptor of each note."""
    data, at = elf.bytes_of(section), 0
    alignment = 8 if section.addralign == 8 else 4
    while at < len(data):
        must(at + 12 <= len(data), f"{section}: a note does not fit")
        name_size, size, kind = struct.unpack_from(elf.order + "III", data, at)
        name_end = at + 12 + name_size
        start = align(name_end, alignment)
        at_next = align(start + size, alignment)
        must(start + size <= len(data), f"{section}: a note does not fit")
        must(is_zero(data[name_end:start]) and is_zero(data[start + size:at_next]), f"{section}: bad padding")
        yield bytes(data[at + 12:name_end]), kind, Mask(section.index, start, size)
        at = at_next


def resolve(elf, policy, has_map):
    """Section 6.3, all rules, with what masks must be."""
    resolver = Resolver(elf, has_map)
    exclusions = [resolver.resolve(rule) for rule in policy.rules]
    whole = [exclusion.section.index for exclusion in exclusions if exclusion.section]
    must(len(whole) == len(set(whole)), "a section is excluded by two rules")
    for exclusion in exclusions:
        what = f"rule {exclusion.rule.name}"
        must(exclusion.letter == "M" or not exclusion.section or exclusion.section.index not in elf.grouped,
             f"{what}: the section is in a group")
        types = (SHT_PROGBITS, SHT_NOTE) if exclusion.kind in ("note", "section") else (SHT_PROGBITS,)
        for mask in exclusion.masks:
            section = elf.sections[mask.section]
            must(section.has_extent and section.type in types and not section.flags & SHF_NEVER_EXCLUDED
                 and (elf.is_rel or section.alloc), f"{what}: {section} cannot be masked")
            must(mask.offset + mask.size <= section.size, f"{what}: mask is outside its section")
        must(sum(mask.size for mask in exclusion.masks) <= exclusion.rule.max_size, f"{what}: more than max-size")
    masks = sorted(mask for exclusion in exclusions for mask in exclusion.masks)
    taken = [exclusion.section.index for exclusion in exclusions if exclusion.section and exclusion.letter in "FS"]
    must(not any(mask.section in taken for mask in masks), "a mask is in a section that is taken out")
    for mask, following in zip(masks, masks[1:]):
        must(mask.section != following.section or mask.offset + mask.size <= following.offset, "masks overlap")
    return exclusions
