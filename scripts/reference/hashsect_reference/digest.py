# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sections 2, 5 and 10: parts, digest, dump."""

import re
import struct
from typing import NamedTuple

from .common import CHUNK, HASHES, PT_LOAD, SCOPES, SHT_GROUP, SHT_NOBITS, SHT_NULL, string, u32
from .content import check_excluded_bytes
from .elf import Elf, relocation_records
from .layers import peeled
from .map import Map, check_can_be_mapped, embedded_map, map_text, note_left_out
from .numbering import Numbering
from .policy import with_excluded_sections
from .resolution import resolve
from .surroundings import (
    check_masked_notes, check_patches, check_raw_indices, check_references, check_symbols, check_ways_in)


class Part(NamedTuple):
    kind: int
    head: bytes
    content: bytes
    line: str               # of the dump
    details: object = ()    # more lines of the dump
    has_leaves: bool = False


class HashsectFile:
    """A file with its policy, scope and hash: the parts, the digest and the dump."""

    def __init__(self, data, policy, excluded, scope, hash_name, given_map=None):
        self.scope, self.hash_name, self.new_hash = scope, hash_name, HASHES[hash_name]
        content, self.trailers, self.surroundings = peeled(bytes(data), judged=bool(policy.rules or excluded))
        self.elf = Elf(content, scope)
        self.policy = with_excluded_sections(policy, excluded, self.elf)
        self.resolve(given_map)
        for exclusion in self.exclusions:
            check_excluded_bytes(self.elf, exclusion)
        self.masks = [mask for exclusion in self.exclusions for mask in exclusion.masks]
        left_out = note_left_out(self.elf, self.policy, given_map, self.map_text) if scope == "file" else None
        self.numbering = Numbering(self.elf, self.exclusions, scope, left_out)
        check_symbols(self.elf, self.numbering)
        check_references(self.elf, self.numbering)
        check_raw_indices(self.elf, self.numbering)
        check_patches(self.elf, self.masks)
        check_masked_notes(self.elf, self.exclusions)
        if not self.elf.is_rel:
            check_ways_in(self.elf, self.exclusions)

    def resolve(self, given_map):
        """Section 6.3, with a map that is given or that the file carries."""
        text = embedded_map(self.elf, self.policy) if given_map is None else given_map
        used_map = None if text is None else Map(text)
        if used_map and not self.elf.symtab:
            used_map.define_symbols(self.elf, self.policy)
        self.exclusions = resolve(self.elf, self.policy, used_map is not None)
        if used_map:
            used_map.check(self.elf, self.policy, self.exclusions)

    def map_text(self):
        """Section 6.4: the map that is made of this file."""
        check_can_be_mapped(self.elf, self.policy)
        loaded = self if (self.scope, self.hash_name) == ("loaded", "sha256") else \
            HashsectFile(self.elf.data, self.policy, [], "loaded", "sha256")
        return map_text(self.elf, self.policy, self.exclusions, loaded.tagged_digest())

    def hashed_parts(self):
        """Section 2: each part with its leaves and its hash."""
        for part in self.parts():
            leaves = []
            for at in range(0, len(part.content), CHUNK):
                leaf = self.new_hash(b"\x00")
                leaf.update(part.content[at:at + CHUNK])
                leaves.append(leaf.digest())
            head = b"\x01" + bytes([part.kind]) + string(part.head) + struct.pack("<Q", len(part.content))
            yield part, leaves, self.new_hash(head + b"".join(leaves)).digest()

    def root(self, part_hashes):
        head = (b"\x02hashsect" + u32(1) + string(self.hash_name.encode()) + bytes([SCOPES[self.scope]])
                + u32(len(part_hashes)))
        return self.new_hash(head + b"".join(part_hashes)).hexdigest()

    def tagged_digest(self):
        digest = self.root([part_hash for _, _, part_hash in self.hashed_parts()])
        return f"hashsect1:{self.hash_name}:{self.policy.tag()}:{self.scope}:{digest}"

    def dump(self):
        """Section 10: the lines, without LF."""
        yield f"hashsect-dump 1 {self.hash_name} {self.scope}"
        part_hashes = []
        for part, leaves, part_hash in self.hashed_parts():
            yield part.line
            yield from part.details
            if part.has_leaves:
                yield from (f"  leaf {index} {leaf.hex()}" for index, leaf in enumerate(leaves))
            yield f"  part {part_hash.hex()}"
            part_hashes.append(part_hash)
        yield f"digest {self.root(part_hashes)}"

    # ---- parts

    def parts(self):
        """Section 2, order of parts."""
        elf = self.elf
        yield Part(1, b"", self.policy.canonical_text(), "policy", ("  " + line for line in self.policy.lines()))
        yield from map(self.exclusion_part, self.exclusions)
        yield Part(3, struct.pack("<BBBBIIIQI", elf.ei_class, elf.ei_data, elf.ei_osabi, elf.ei_abiversion, elf.e_type,
                                  elf.e_machine, elf.e_version, elf.e_entry, elf.e_flags), b"",
                   f"header class={elf.ei_class} data={elf.ei_data} osabi={elf.ei_osabi} "
                   f"abiversion={elf.ei_abiversion} type={elf.e_type} machine={elf.e_machine} "
                   f"version={elf.e_version} entry={elf.e_entry:#x} flags={elf.e_flags:#x}")
        for kind, flags, offset, vaddr, paddr, filesz, memsz, alignment in elf.segments:
            header = int(kind == PT_LOAD and offset == 0 and filesz > 0)
            place = offset if self.scope == "file" else 0
            yield Part(4, struct.pack("<IIQQQQQBQ", kind, flags, vaddr, paddr, filesz, memsz, alignment, header, place), b"",
                       f"segment type={kind:#x} flags={flags:#x} vaddr={vaddr:#x} paddr={paddr:#x} filesz={filesz} "
                       f"memsz={memsz} align={alignment:#x} header={header} offset={place:#x}")
        yield from map(self.section_part, self.numbering.in_scope)
        for trailer in () if self.policy.rules else self.trailers:
            yield Part(6, b"\0", trailer, f"trailer {len(trailer)}", (), True)
        for name, piece in self.surroundings if self.scope == "file" else ():
            yield Part(7, string(name), piece, f"surrounding {quoted(name)} {len(piece)}", (), True)

    def exclusion_part(self, exclusion):
        masks = [(self.numbering.section(mask.section), mask.offset, mask.size) for mask in exclusion.masks]
        name = exclusion.rule.name.encode()
        names = [(name.encode(), self.numbering.section(place.section), place.position, place.size)
                 for name, place in exclusion.places.items() if exclusion.letter == "M"]
        head = (string(name) + exclusion.letter.encode()
                + u32(len(masks)) + b"".join(struct.pack("<IQQ", *mask) for mask in masks)
                + u32(len(names)) + b"".join(string(name) + struct.pack("<IQQ", *place) for name, *place in names))
        lines = [f"  mask {section} {offset:#x} {size}" for section, offset, size in masks]
        lines += [f"  name {quoted(name)} {section} {offset:#x} {size}" for name, section, offset, size in names]
        return Part(2, head, exclusion.residue,
                    f"exclusion {quoted(name)} {exclusion.letter} residue={len(exclusion.residue)}", lines, True)

    def section_part(self, section):
        """Section 5."""
        elf, content, details, has_leaves = self.elf, b"", (), False
        is_derived = section.index in elf.derived
        if self.place_counts(section):
            content, has_leaves = struct.pack("<Q", section.offset), True
        elif is_derived or not section.has_extent:
            pass
        elif section is elf.symtab:
            content, details = b"".join(map(self.symbol_record, self.numbering.counted)), self.symbol_lines()
        elif section.index in elf.symbolic:
            content = relocation_records(elf.relocations(section), self.numbering.symbol_numbers)
            details = self.relocation_lines(section)
        elif section.type == SHT_GROUP:
            flags, *members = elf.groups[section.index]
            words = [flags, *map(self.numbering.section, members)]
            content = b"".join(map(u32, words))
            details = [" ".join([f"  group {flags:#x}", *map(str, words[1:])])]
        else:
            content, has_leaves = self.masked_bytes(section), True
        size = 0 if is_derived or section is elf.symtab else section.size
        link, info, addr = self.numbering.section(section.link), self.numbering.info(section), self.numbering.addr(section)
        head = string(section.name) + struct.pack("<IQQQQQIQ", section.type, section.flags, addr, size,
                                                  section.addralign, section.entsize, link, info)
        line = (f"section {self.numbering.section(section.index)} {quoted(section.name)} type={section.type:#x} "
                f"flags={section.flags:#x} addr={addr:#x} size={size} align={section.addralign} "
                f"entsize={section.entsize} link={link} info={info}")
        return Part(5, head, content, line, details, has_leaves)

    def place_counts(self, section):
        """Section 5: an empty section of a linked file."""
        return (self.scope == "file" and not self.elf.is_rel and section.alloc and section.size == 0
                and section.type not in (SHT_NULL, SHT_NOBITS))

    def masked_bytes(self, section):
        masks = [mask for mask in self.masks if mask.section == section.index]
        data = self.elf.bytes_of(section)
        if masks:
            data = bytearray(data)
            for mask in masks:
                data[mask.offset:mask.offset + mask.size] = bytes(mask.size)
        return data

    def symbol_record(self, index):
        symbol = self.elf.symbols[index]
        return string(symbol.name) + struct.pack("<BBIQQ", symbol.info, symbol.other,
                                                 self.numbering.symbol_section(symbol), symbol.value, symbol.size)

    def symbol_lines(self):
        for count, index in enumerate(self.numbering.counted, 1):
            symbol = self.elf.symbols[index]
            yield (f"  symbol {count} {quoted(symbol.name)} info={symbol.info:#x} other={symbol.other:#x} "
                   f"section={self.numbering.symbol_section(symbol)} value={symbol.value:#x} size={symbol.size}")

    def relocation_lines(self, section):
        names = list(map(str, self.numbering.symbol_numbers))
        for index, line in self.numbering.policy_symbols.items():
            names[index] = "!" + line.name
        for offset, kind, symbol, addend in zip(*self.elf.relocations(section)):
            yield f"  reloc {offset:#x} {kind:#x} {names[symbol]} {addend}"


def quoted(data):
    """Section 10, Q(x)."""
    return '"' + re.sub(r'[^ !#-\[\]-~]', lambda found: f"\\x{ord(found[0]):02x}", data.decode("latin-1")) + '"'
