#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reference implementation of the hashsect digest, scheme 1.

Written from hashsect/FORMAT.md alone, with nothing but the Python standard library (3.9 or later). Section numbers
in the docstrings are those of FORMAT.md. It favours the words of the specification over speed, but a kernel's
vmlinux.o with millions of relocations takes seconds.

    hashsect_ref.py digest [--policy linux|strict|FILE.ini] [--exclude-section NAME[:CLASS]]...
                           [--scope file|loaded] [--hash NAME] FILE...
    hashsect_ref.py dump   (same options) FILE
"""

import argparse
import hashlib
import os
import re
import struct
import sys
from array import array
from collections import namedtuple
from dataclasses import dataclass, field
from typing import Dict, List, NamedTuple, Optional, Tuple

CHUNK = 786432
MAX_U32 = 0xFFFFFFFF
MAX_U64 = 0xFFFFFFFFFFFFFFFF
NOT_IN_SCOPE = 0xFFFFFEFF
POLICY_SYMBOL_BASE = 0x80000000

ET_REL, ET_EXEC, ET_DYN = 1, 2, 3
EM_MIPS, EM_RISCV = 8, 243
PT_LOAD, PT_NOTE, PT_GNU_RELRO = 1, 4, 0x6474E552
RISCV_ATTRIBUTES = 0x70000003   # a segment's and a section's type
SHT_NULL, SHT_PROGBITS, SHT_SYMTAB, SHT_STRTAB, SHT_RELA = 0, 1, 2, 3, 4
SHT_NOTE, SHT_NOBITS, SHT_REL, SHT_GROUP, SHT_SYMTAB_SHNDX, SHT_RELR = 7, 8, 9, 17, 18, 19
SHF_ALLOC, SHF_INFO_LINK = 0x2, 0x40
# EXECINSTR, MERGE, LINK_ORDER, GROUP, TLS, COMPRESSED (6.1, 6.3)
SHF_NEVER_EXCLUDED = 0x4 | 0x10 | 0x80 | 0x200 | 0x400 | 0x800
SHN_LORESERVE, SHN_XINDEX = 0xFF00, 0xFFFF
STB_LOCAL, STB_GLOBAL = 0, 1
STT_NOTYPE, STT_OBJECT, STT_SECTION = 0, 1, 3

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


# --------------------------------------------------------------------------------------------------------------
# Section 6.1: policies

CLASSES = ("x509-keyring", "x509", "module-hashes", "build-id", "zero")
SINGLE_ROLES = ("module-start", "module-end", "slot", "slot-used", "list-size", "module-size")
KEYRING_ROLES = ("list-start", "list-end") + SINGLE_ROLES
OTHER_ROLES = ("start", "end")
BINDS = {"local": STB_LOCAL, "global": STB_GLOBAL}
TYPES = {"notype": STT_NOTYPE, "object": STT_OBJECT}
IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9.+_-]{0,31}")
NAME = re.compile(r"[\x21-\x7e]+")


class Match(NamedTuple):
    """One match line. Only the fields of its kind are used."""
    kind: str
    name: str = "-"             # section; the first symbol of a range; a note's owner
    type: int = SHT_PROGBITS    # section, note
    flags: int = SHF_ALLOC
    aligns: Tuple[int, ...] = (8,)
    entsize: int = 0
    last: Optional[str] = None  # range FIRST..LAST
    size: int = 0               # range NAME+N, note

    def text(self):
        details = {
            "section": f" {self.name} type={self.type:#x} flags={self.flags:#x} "
                       f"align={','.join(map(hex, self.aligns))} entsize={self.entsize:#x}",
            "range": f" {self.name}..{self.last}" if self.last else f" {self.name}+{self.size:#x}",
            "note": f" {self.name} {self.type:#x} {self.size:#x}"}
        return f"match {self.kind}{details.get(self.kind, '')}"


SymbolLine = namedtuple("SymbolLine", "name role bind type")


@dataclass
class Rule:
    name: str
    content: str = ""
    max_size: int = -1
    optional: Optional[bool] = None
    matches: List[Match] = field(default_factory=list)
    symbols: List[SymbolLine] = field(default_factory=list)
    reason: str = ""

    def lines(self):
        return [f"rule {self.name}", f"content {self.content}", f"max-size {self.max_size:#x}",
                f"optional {'yes' if self.optional else 'no'}", *(match.text() for match in self.matches),
                *("symbol " + " ".join(symbol) for symbol in self.symbols)]

    def names(self):
        """The names that a symbol line or a range of this rule uses."""
        ranges = [match for match in self.matches if match.kind == "range"]
        names = {symbol.name for symbol in self.symbols} | {match.name for match in ranges}
        return sorted(names | {match.last for match in ranges if match.last})


@dataclass
class Policy:
    name: str = ""
    rules: List[Rule] = field(default_factory=list)
    builtin: bool = False

    def lines(self):
        return ["hashsect-policy 1", f"name {self.name}", *(line for rule in self.rules for line in rule.lines())]

    def canonical_text(self):
        return "".join(line + "\n" for line in self.lines()).encode("ascii")

    def tag(self):
        """Section 2: POLICY of the printed form."""
        if self.builtin:
            return self.name
        return f"{self.name}@{hashlib.sha256(self.canonical_text()).hexdigest()[:8]}"


def check_rule(rule):
    """Section 6.1: what goes with which class."""
    must(IDENTIFIER.fullmatch(rule.name), f"bad rule name {rule.name!r}")
    what = f"rule {rule.name}"
    must(rule.content in CLASSES and rule.max_size >= 0 and rule.matches, f"{what}: no content, max-size or match")
    for match in rule.matches:
        must(NAME.fullmatch(match.name) and NAME.fullmatch(match.last or "-"), f"{what}: bad name")
        if match.kind == "section":
            must(match.type in (SHT_PROGBITS, SHT_NOTE) and not match.flags & SHF_NEVER_EXCLUDED,
                 f"{what}: match section {match.name}: type or flags that are not allowed")
        must(match.kind in {"build-id": ("note", "nothing"), "x509-keyring": ("section", "roles", "nothing")}
             .get(rule.content, ("section", "range", "nothing")), f"{what}: no match {match.kind} with this class")
    roles = [symbol.role for symbol in rule.symbols]
    allowed = KEYRING_ROLES if rule.content == "x509-keyring" else OTHER_ROLES
    must(all(NAME.fullmatch(symbol.name) for symbol in rule.symbols), f"{what}: bad symbol name")
    must(all(role in allowed and not (role in SINGLE_ROLES and roles.count(role) > 1) for role in roles),
         f"{what}: a role that does not go with the class, or is there twice")


def check_policy(policy):
    """Section 6.1: what a policy must be."""
    must(IDENTIFIER.fullmatch(policy.name), f"bad policy name {policy.name!r}")
    for rule in policy.rules:
        check_rule(rule)
    rules = [rule.name for rule in policy.rules]
    symbols = [symbol.name for rule in policy.rules for symbol in rule.symbols]
    must(len(rules) == len(set(rules)) and len(symbols) == len(set(symbols)), "a rule or symbol name is there twice")
    return policy


def number(text, limit=MAX_U64):
    must(re.fullmatch(r"0[xX][0-9a-fA-F]+|[0-9]+", text), f"bad number {text!r}")
    value = int(text, 16 if text[:2] in ("0x", "0X") else 10)
    must(value <= limit, f"number {text} is too large")
    return value


def parse_match(words):
    """The words after "match", as in the canonical text; numbers may be decimal, options may be left out."""
    kind, rest = words[0] if words else "", words[1:]
    if kind == "section":
        must(rest, "match section needs a section name")
        options = {}
        for word in rest[1:]:
            key, _, value = word.partition("=")
            must(key in ("type", "flags", "align", "entsize") and key not in options, f"bad option {word!r}")
            options[key] = tuple(number(part, MAX_U32 if key == "type" else MAX_U64) for part in value.split(","))
            must(len(options[key]) <= (4 if key == "align" else 1), f"too many values in {word!r}")
        aligns = options.pop("align", (8,))
        return Match("section", rest[0], aligns=aligns, **{key: value[0] for key, value in options.items()})
    if kind == "range" and len(rest) == 1:
        first, dots, last = rest[0].partition("..")
        if dots:
            must(first and last and ".." not in last, "match range needs FIRST..LAST or NAME+N")
            return Match("range", first, last=last)
        name, _, size = rest[0].rpartition("+")
        return Match("range", name, size=number(size))
    if kind == "note" and len(rest) == 3:
        return Match("note", rest[0], number(rest[1], MAX_U32), size=number(rest[2], MAX_U32))
    must(kind in ("roles", "nothing") and not rest, f"bad match {' '.join(words)!r}")
    return Match(kind)


def parse_symbol(words):
    """The words after "symbol"; BIND and TYPE may be left out."""
    must(len(words) >= 2, "symbol needs NAME ROLE")
    name, role, *rest = words
    bind = rest.pop(0) if rest and rest[0] in BINDS else "global"
    kind = rest.pop(0) if rest and rest[0] in TYPES else "notype"
    must(not rest and role in KEYRING_ROLES + OTHER_ROLES, f"bad symbol line for {name!r}")
    return SymbolLine(name, role, bind, kind)


def add_line(policy, key, value):
    """One line of the canonical text (after the first), or of a policy file."""
    if key == "name":
        must(not policy.name and not policy.rules, "name is not first, or there twice")
        policy.name = value
        return
    if key == "rule":
        policy.rules.append(Rule(value))
        return
    must(policy.rules, f"{key} before the first rule")
    rule = policy.rules[-1]
    if key == "match":
        rule.matches.append(parse_match(value.split()))
    elif key == "symbol":
        rule.symbols.append(parse_symbol(value.split()))
    else:
        unset = {"content": "", "max-size": -1, "optional": None, "reason": ""}
        attribute = key.replace("-", "_")
        must(key in unset and getattr(rule, attribute) == unset[key], f"key {key} is unknown or there twice")
        must(value and (key != "optional" or value in ("yes", "no")), f"bad value of {key}")
        setattr(rule, attribute, {"max-size": lambda: number(value), "optional": lambda: value == "yes"}
                .get(key, lambda: value)())


LINUX_POLICY = """\
name linux
rule keyring
content x509-keyring
max-size 0x10000
optional yes
match section .init.rodata.keyring type=0x1 flags=0x2 align=0x8,0x100 entsize=0x0
match roles
match nothing
symbol system_certificate_list list-start global notype
symbol __cert_list_start list-start local notype
symbol __module_cert_start module-start local notype
symbol __module_cert_end module-end local notype
symbol __cert_list_end list-end local notype
symbol system_extra_cert slot global notype
symbol system_extra_cert_used slot-used global notype
symbol system_certificate_list_size list-size global notype
symbol module_cert_size module-size global notype
rule module-hashes
content module-hashes
max-size 0x100000
optional yes
match section .module_hashes type=0x1 flags=0x2 align=0x4,0x8,0x10,0x20 entsize=0x0
match range __start_module_hashes..__stop_module_hashes
match range module_hashes_root+0x24
match nothing
symbol __start_module_hashes start global notype
symbol __stop_module_hashes end global notype
symbol module_hashes_root start global object
rule build-id
content build-id
max-size 0x14
optional no
match note GNU 0x3 0x14
match nothing
"""


def read_policy_line(policy, line, in_policy):
    """A line of a policy file (INI): [policy], [rule NAME], key = value. Returns whether [policy] has been seen."""
    if not line or line[0] in ";#":
        return in_policy
    if line[0] == "[":
        words = line[1:-1].split() if line[-1] == "]" else []
        if words == ["policy"]:
            must(not in_policy, "[policy] is there twice")
            return True
        must(in_policy and len(words) == 2 and words[0] == "rule", f"unknown section {line}, or not after [policy]")
        add_line(policy, *words)
        return True
    key, equals, value = (part.strip() for part in line.partition("="))
    must(in_policy and equals and key != "rule", "key = value expected, after [policy]")
    add_line(policy, key, value)
    return True


def load_policy(name):
    """Section 6.2, or a policy file."""
    if name in ("linux", "strict"):
        policy = Policy(builtin=True)
        for line in (LINUX_POLICY if name == "linux" else "name strict\n").splitlines():
            add_line(policy, *line.split(" ", 1))
        return check_policy(policy)
    policy, in_policy, place = Policy(), False, name
    try:
        with open(name, "rb") as file:
            for count, line in enumerate(file.read().split(b"\n"), 1):
                place = f"{name}:{count}"
                in_policy = read_policy_line(policy, line.decode("utf-8").strip(), in_policy)
        place = name
        must(policy.name not in ("linux", "strict"), "the name of a built-in policy")
        must(all(rule.reason for rule in policy.rules), "a rule has no reason")
        return check_policy(policy)
    except UnicodeDecodeError:
        raise Refused(f"{place}: not UTF-8") from None
    except Refused as reason:
        raise Refused(f"{place}: {reason}") from None


def split_exclude(text):
    """NAME[:CLASS] of --exclude-section."""
    name, colon, content = text.rpartition(":")
    return (name, content) if colon else (text, "x509")


def with_excluded_sections(policy, excluded, elf):
    """The policy that --exclude-section makes for this file."""
    if not excluded:
        return policy
    rules = list(policy.rules)
    for count, (name, content) in enumerate(excluded, 1):
        match = Match("section", name)
        for found in elf.sections_named(name):
            match = Match("section", name, found.type, found.flags, (found.addralign,), found.entsize)
        rules.append(Rule(f"exclude-{count}", content, 0x100000, True, [match, Match("nothing")]))
    return check_policy(Policy(f"{policy.name}+exclude", rules))


# --------------------------------------------------------------------------------------------------------------
# Section 3: the ELF file


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
        return self.type in (SHT_RELA, SHT_REL) or bool(self.flags & SHF_INFO_LINK)

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
    return (kind <= 9 or kind == 11 or 14 <= kind <= 19
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

    def __init__(self, data):
        self.data = memoryview(data)
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
        must((self.e_phnum == 0) == (self.e_phoff == 0), "e_phoff and e_phnum do not agree")
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
        end = 0
        for offset, size in sorted(extent for extent in extents if extent[1]):
            must(offset >= end, f"something at {offset:#x} overlaps what is before it")
            must(offset + size <= len(self.data), f"something at {offset:#x} is not all inside the file")
            must(is_zero(self.data[end:offset]), f"bytes before {offset:#x} belong to nothing and are not zero")
            end = offset + size
        must(is_zero(self.data[end:]), "bytes at the end belong to nothing and are not zero")

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
                         and not section.alloc and section.link == self.symtab_index}
        for section in self.sections if self.is_rel else ():
            must(section.type not in (SHT_RELA, SHT_REL) or section.size == 0 or section.index in self.symbolic,
                 f"{section}: relocations that are not symbolic")
        for section in self.symbolic.values():
            target = self.sections[section.info]
            must(not self.is_rel or (section.info != 0 and target.type not in (SHT_REL, SHT_RELA)),
                 f"{section}: bad sh_info")
            symbols = self.relocations(section).symbols
            must(not symbols or max(symbols) < len(self.symbols), f"{section}: bad symbol index")

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
        for index in self.derived:
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

    def check_loaded_header(self, load):
        """Rule 13, where the ELF header and the program headers are loaded."""
        headers = (self.e_phoff, self.e_phnum * self.phentsize)
        if overlap(0, self.ehsize, load.offset, load.filesz):
            must(load.offset == 0 and self.e_phoff == self.ehsize and load.filesz >= sum(headers),
                 "a PT_LOAD has part of the ELF header or of the program headers")
        else:
            must(not overlap(*headers, load.offset, load.filesz), "a PT_LOAD has some of the program headers")

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
        for ranges in ([(load.offset, load.filesz) for load in loads], [(load.vaddr, load.memsz) for load in loads],
                       [(load.paddr, load.memsz) for load in loads]):
            ranges = sorted(item for item in ranges if item[1])
            must(not any(overlap(*first, *second) for first, second in zip(ranges, ranges[1:])), "PT_LOADs overlap")
        unloaded = [(self.e_shoff, len(self.sections) * self.shentsize)]
        for section in self.sections:
            if section.has_extent and section.alloc:
                must(sum(load.holds(section.offset, section.size, section.addr) for load in loads) == 1,
                     f"{section} is not in exactly one PT_LOAD at its address")
            elif section.has_extent:
                unloaded.append((section.offset, section.size))
        must(not any(overlap(*extent, load.offset, load.filesz) for extent in unloaded for load in loads),
             "a section that is not SHF_ALLOC, or the section header table, overlaps a PT_LOAD")
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


# --------------------------------------------------------------------------------------------------------------
# Section 7.1: certificates


# A DER element: raw has the header too, children are those of a constructed element.
Element = namedtuple("Element", "tag raw content children")


def der_bounds(data, at):
    """7.1, 1: tag and length. Where the content of the element starts and ends."""
    must(at + 2 <= len(data) and data[at] & 0x1F != 0x1F, "DER: element is cut off, or has a long tag")
    length, start = data[at + 1], at + 2
    if length >= 0x80:
        count = length - 0x80
        must(1 <= count <= 3 and start + count <= len(data), "DER: bad length")
        length = int.from_bytes(data[start:start + count], "big")
        must(length >= (0x80 if count == 1 else 1 << 8 * (count - 1)), "DER: length is not in the shortest form")
        start += count
    must(start + length <= len(data), "DER: element is cut off")
    return start, start + length


def der(data, level=1):
    """7.1, 1: the elements that fill the data, with all below them."""
    elements, at = [], 0
    while at < len(data):
        must(level <= 16, "DER: nested too deeply")
        start, end = der_bounds(data, at)
        children = der(data[start:end], level + 1) if data[at] & 0x20 else []
        elements.append(Element(data[at], data[at:end], data[start:end], children))
        at = end
    return elements


def tags(elements):
    return [element.tag for element in elements]


def oid(text):
    """An OBJECT IDENTIFIER element."""
    first, second, *rest = (int(part) for part in text.split("."))
    result = bytearray()
    for value in [first * 40 + second, *rest]:
        digits = [value & 0x7F]
        while value > 0x7F:
            value >>= 7
            digits.append(0x80 | value & 0x7F)
        result += bytes(reversed(digits))
    return bytes([0x06, len(result)]) + bytes(result)


EXTENSIONS = {oid(text) for text in (
    "2.5.29.14", "2.5.29.15", "2.5.29.17", "2.5.29.19", "2.5.29.31", "2.5.29.32", "2.5.29.35", "2.5.29.37",
    "1.3.6.1.5.5.7.1.1", "2.16.840.1.113730.1.1")}
DER_NULL = b"\x05\x00"
RSA_KEY = oid("1.2.840.113549.1.1.1") + DER_NULL
EC_KEY = oid("1.2.840.10045.2.1")       # followed by the curve
NIST = "2.16.840.1.101.3.4."
# Hash: its own identifier, those of RSASSA-PKCS1-v1_5 and ECDSA with it.
HASH_OIDS = {
    "sha1": ("1.3.14.3.2.26", "1.2.840.113549.1.1.5", None),
    "sha256": (NIST + "2.1", "1.2.840.113549.1.1.11", "1.2.840.10045.4.3.2"),
    "sha384": (NIST + "2.2", "1.2.840.113549.1.1.12", "1.2.840.10045.4.3.3"),
    "sha512": (NIST + "2.3", "1.2.840.113549.1.1.13", "1.2.840.10045.4.3.4"),
    "sha3_256": (NIST + "2.8", NIST + "3.14", NIST + "3.10"),
    "sha3_384": (NIST + "2.9", NIST + "3.15", NIST + "3.11"),
    "sha3_512": (NIST + "2.10", NIST + "3.16", NIST + "3.12")}
# Content of an AlgorithmIdentifier: the key's kind and the hash.
SIGNATURES = {**{oid(rsa) + DER_NULL: ("rsa", name) for name, (_, rsa, _) in HASH_OIDS.items()},
              **{oid(ec): ("ec", name) for name, (_, _, ec) in HASH_OIDS.items() if ec}}


# y^2 = x^3 - 3 x + b over the integers modulo p; base point (x, y) of order n.
Curve = namedtuple("Curve", "p b n x y")
CURVES = {
    oid("1.2.840.10045.3.1.7"): Curve(  # P-256
        2**256 - 2**224 + 2**192 + 2**96 - 1,
        0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b,
        0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551,
        0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
        0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5),
    oid("1.3.132.0.34"): Curve(  # P-384
        2**384 - 2**128 - 2**96 + 2**32 - 1,
        0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef,
        0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973,
        0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7,
        0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f),
    oid("1.3.132.0.35"): Curve(  # P-521
        2**521 - 1,
        int("51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109"
            "e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00", 16),
        int("1ff" + "f" * 63 + "a51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409", 16),
        int("c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3d"
            "baa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66", 16),
        int("11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e66"
            "2c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650", 16)),
}


def point_add(curve, first, second):
    """The point at infinity is None."""
    if first is None or second is None:
        return first or second
    (x1, y1), (x2, y2), p = first, second, curve.p
    if x1 != x2:
        slope = (y2 - y1) * pow(x2 - x1, -1, p)
    elif y1 == y2 != 0:
        slope = 3 * (x1 * x1 - 1) * pow(2 * y1, -1, p)
    else:
        return None
    x = (slope * slope - x1 - x2) % p
    return x, (slope * (x1 - x) - y1) % p


def ecdsa_verifies(curve, key, r, s, digest):
    """Whether (r, s) is a signature over the hash by the key, a point on the curve."""
    n = curve.n
    if not (0 < r < n and 0 < s < n):
        return False
    e = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - n.bit_length())
    w = pow(s, -1, n)
    u1, u2 = e * w % n, r * w % n
    base = (curve.x, curve.y)
    summands = (None, base, key, point_add(curve, base, key))
    point = None
    for bit in range(n.bit_length() - 1, -1, -1):
        point = point_add(curve, point, point)
        point = point_add(curve, point, summands[(u1 >> bit & 1) + 2 * (u2 >> bit & 1)])
    return point is not None and point[0] % n == r


def rsa_verifies(modulus, exponent, signature, hash_name, digest):
    """RSASSA-PKCS1-v1_5."""
    size = (modulus.bit_length() + 7) // 8
    value = int.from_bytes(signature, "big")
    hash_id = oid(HASH_OIDS[hash_name][0]) + DER_NULL
    info = bytes([0x30, len(hash_id)]) + hash_id + bytes([0x04, len(digest)]) + digest
    info = bytes([0x30, len(info)]) + info
    expected = b"\x00\x01" + b"\xff" * (size - 3 - len(info)) + b"\x00" + info
    return (len(signature) == size and value < modulus
            and pow(value, exponent, modulus) == int.from_bytes(expected, "big"))


def der_integers(data):
    """The numbers of a SEQUENCE of two INTEGERs, neither negative nor longer than needed."""
    elements = der(data)
    must(tags(elements) == [0x30] and tags(elements[0].children) == [0x02, 0x02], "certificate: bad pair of INTEGERs")
    values = [child.content for child in elements[0].children]
    must(all(value and value[0] < 0x80 and (len(value) == 1 or value[0] or value[1] >= 0x80) for value in values),
         "certificate: bad INTEGER")
    return [int.from_bytes(value, "big") for value in values]


def bit_string(element):
    """The bytes of a BIT STRING without unused bits."""
    must(element.tag == 0x03 and element.content[:1] == b"\0", "certificate: bad BIT STRING")
    return element.content[1:]


def public_key(info):
    """7.1, 5: (modulus, exponent), or a curve and a point on it."""
    must(info.tag == 0x30 and tags(info.children) == [0x30, 0x03], "certificate: bad subjectPublicKeyInfo")
    algorithm, key = info.children[0].content, bit_string(info.children[1])
    if algorithm == RSA_KEY:
        modulus, exponent = der_integers(key)
        must(1024 <= modulus.bit_length() <= 8192 and modulus & 1, "certificate: bad RSA modulus")
        must(exponent & 1 and 3 <= exponent < 1 << 32, "certificate: bad RSA exponent")
        return modulus, exponent
    curve = CURVES.get(algorithm[len(EC_KEY):]) if algorithm.startswith(EC_KEY) else None
    must(curve, "certificate: unknown kind of key")
    size = (curve.p.bit_length() + 7) // 8
    must(len(key) == 1 + 2 * size and key[0] == 4, "certificate: bad EC point")
    x, y = int.from_bytes(key[1:1 + size], "big"), int.from_bytes(key[1 + size:], "big")
    must(x < curve.p and y < curve.p and (y * y - (x * x * x - 3 * x + curve.b)) % curve.p == 0,
         "certificate: EC point is not on the curve")
    return curve, (x, y)


def check_extensions(extensions):
    """7.1, 4."""
    seen = set()
    for extension in extensions:
        parts = extension.children
        must(extension.tag == 0x30 and tags(parts) in ([0x06, 0x04], [0x06, 0x01, 0x04])
             and (len(parts) == 2 or parts[1].content == b"\xff"), "certificate: bad extension")
        must(parts[0].raw in EXTENSIONS and parts[0].raw not in seen, "certificate: extension unknown, or there twice")
        seen.add(parts[0].raw)
        must(len(parts[-1].content) <= 256 and len(der(parts[-1].content)) == 1, "certificate: bad extension value")


def check_certificate(data):
    """7.1: one certificate."""
    must(len(data) <= 4096, "certificate: longer than 4096 bytes")
    outer, = der(data)
    must(outer.tag == 0x30 and tags(outer.children) == [0x30, 0x30, 0x03], "certificate: bad outer SEQUENCE")
    tbs, algorithm, signature = outer.children
    signature = bit_string(signature)
    must(len(signature) <= 1024, "certificate: signature is too long")
    must(tags(tbs.children) in ([0xA0, 0x02, 0x30, 0x30, 0x30, 0x30, 0x30],
                                [0xA0, 0x02, 0x30, 0x30, 0x30, 0x30, 0x30, 0xA3]), "certificate: bad tbsCertificate")
    version, serial, signed_with, issuer, validity, subject, key_info, *extensions = tbs.children
    must(version.content == b"\x02\x01\x02" and 1 <= len(serial.content) <= 20, "certificate: bad version or serial")
    must(signed_with.raw == algorithm.raw, "certificate: signature algorithms differ")
    must(len(issuer.raw) <= 512 and len(subject.raw) <= 512, "certificate: issuer or subject is too long")
    must(len(validity.children) == 2 and all(
        re.fullmatch({0x17: rb"[0-9]{12}Z", 0x18: rb"[0-9]{14}Z"}.get(time.tag, rb"(?!)"), bytes(time.content))
        for time in validity.children), "certificate: bad validity")
    if extensions:
        must(tags(extensions[0].children) == [0x30], "certificate: bad extensions")
        check_extensions(extensions[0].children[0].children)
    must(algorithm.content in SIGNATURES, "certificate: unknown signature algorithm")
    kind, hash_name = SIGNATURES[algorithm.content]
    key = public_key(key_info)
    if issuer.raw != subject.raw:
        return
    must(kind == ("ec" if isinstance(key[0], Curve) else "rsa"), "certificate: key and signature algorithm differ")
    digest = hashlib.new(hash_name, tbs.raw).digest()
    good = (ecdsa_verifies(*key, *der_integers(signature), digest) if kind == "ec"
            else rsa_verifies(*key, signature, hash_name, digest))
    must(good, "certificate: the self-signature does not verify")


def check_certificate_list(data, zeros_may_follow=False):
    """7.1: a certificate list that fills the data, or (class x509) is followed by zero bytes."""
    data, at, count = bytes(data), 0, 0
    while at < len(data) and not (zeros_may_follow and data[at] == 0):
        end = der_bounds(data, at)[1]
        count += 1
        must(count <= 64, "more than 64 certificates")
        check_certificate(data[at:end])
        at = end
    must(is_zero(data[at:]), "bytes after the certificates are not zero")


# --------------------------------------------------------------------------------------------------------------
# Section 6.3: resolution

Mask = namedtuple("Mask", "section offset size")

# Where a symbol is defined: section index, position in it; and its st_size.
Place = namedtuple("Place", "section position size")


@dataclass
class Exclusion:
    """What a rule takes out or masks in this file."""
    rule: Rule
    letter: str
    kind: str                                           # of the match line
    roles: Dict[str, List[Place]]                       # the rule's defined symbols
    section: Optional[Section] = None                   # taken out, or masked as a whole
    ranges: List[Mask] = field(default_factory=list)    # the masks, and ranges of length 0
    residue: bytes = b""

    @property
    def masks(self):
        return [mask for mask in self.ranges if mask.size]


class Resolver:
    """Tries the match lines of the rules on a file."""

    def __init__(self, elf):
        self.elf = elf
        self.notes = None

    def resolve(self, rule):
        """The first match line that matches decides."""
        places = {}
        for name in rule.names():
            defined = [symbol for symbol in self.symbols(name) if symbol.section > 0]
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
                return Exclusion(rule, letter, match.kind, roles, section, ranges)
        raise Refused(f"rule {rule.name}: nothing matches")

    def symbols(self, name):
        return [self.elf.symbols[index] for index in self.elf.by_name.get(name.encode(), ())]

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
                          for note in self.read_notes(section)]
        found = [mask for name, kind, mask in self.notes if name == match.name.encode() + b"\0" and kind == match.type]
        if not found:
            return None
        must(len(found) == 1 and found[0].size == match.size, f"rule {rule.name}: more notes, or another size")
        return "M", None, found

    def match_nothing(self, rule, _match, _places, _roles):
        names = rule.names()
        must(not names or self.elf.symtab, f"rule {rule.name}: the file has no symbol table")
        must(not any(symbol.shndx for name in names for symbol in self.symbols(name)),
             f"rule {rule.name}: a symbol is defined")
        return "F" if rule.optional else "N", None, []

    def read_notes(self, section):
        """Section 7.4: name, type and descriptor of each note."""
        data, at = self.elf.bytes_of(section), 0
        alignment = 8 if section.addralign == 8 else 4
        while at < len(data):
            must(at + 12 <= len(data), f"{section}: a note does not fit")
            name_size, size, kind = struct.unpack_from(self.elf.order + "III", data, at)
            name_end = at + 12 + name_size
            start = align(name_end, alignment)
            at_next = align(start + size, alignment)
            must(start + size <= len(data), f"{section}: a note does not fit")
            must(is_zero(data[name_end:start]) and is_zero(data[start + size:at_next]), f"{section}: bad padding")
            yield bytes(data[at + 12:name_end]), kind, Mask(section.index, start, size)
            at = at_next


def resolve(elf, policy):
    """Section 6.3, all rules, with what masks must be."""
    resolver = Resolver(elf)
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


# --------------------------------------------------------------------------------------------------------------
# Sections 7.2 and 7.3: what excluded bytes must be


def keyring_value(elf, data, roles, role, size, default):
    """The number at the symbol of a role."""
    if role not in roles:
        return default
    at = roles[role][0].position
    must(at + size <= len(data), f"keyring: {role} is outside its section")
    return elf.integer(data[at:at + size])


def check_slot(data, at, used, size):
    must(used <= size, "keyring: more of the slot is used than there is")
    check_certificate_list(data[at:at + used])
    must(is_zero(data[at + used:at + size]), "keyring: rest of the slot is not zero")


def check_keyring_section(elf, section, roles):
    """7.2, a section that is taken out or masked as a whole. Returns the residue."""
    data, word = bytes(elf.bytes_of(section)), elf.word_size
    must(("slot" in roles) == ("slot-used" in roles), "keyring: slot and slot-used go together")
    must("list-size" in roles or not roles.keys() & {"slot", "module-size"}, "keyring: no list-size")
    must(not any(place.size for role in roles for place in roles[role] if role != "slot"), "keyring: symbol size")
    used = keyring_value(elf, data, roles, "slot-used", 4, 0)
    length = keyring_value(elf, data, roles, "list-size", word, len(data)) - used
    module = keyring_value(elf, data, roles, "module-size", word, length)
    slot_size = roles["slot"][0].size if "slot" in roles else 0
    must(0 <= module <= length, "keyring: the sizes do not go together")
    expected = {"list-start": 0, "module-start": 0, "module-end": module, "list-end": length, "slot": length}
    end = length + slot_size
    coarse = section.addralign == 256   # where .align 8 means 2^8
    for role, alignment, size in (("slot-used", 16 if coarse else 4, 4), ("list-size", 256 if coarse else 8, word),
                                  ("module-size", 256 if coarse else 8, word)):
        if role in roles:
            expected[role] = align(end, alignment)
            must(is_zero(data[end:expected[role]]), "keyring: alignment bytes are not zero")
            end = expected[role] + size
    must(len(data) in (end, align(end, 8)) and is_zero(data[end:]), "keyring: the section has another size")
    must(all(place.position == expected[role] for role in roles for place in roles[role]), "keyring: misplaced symbol")
    check_certificate_list(data[:module])
    check_slot(data, length, used, slot_size)
    return data[module:length]


def check_keyring_roles(elf, exclusion):
    """7.2, roles."""
    roles, module = exclusion.roles, exclusion.ranges[0]
    data = elf.bytes_of(elf.sections[module.section])
    check_certificate_list(data[module.offset:module.offset + module.size])
    used = keyring_value(elf, data, roles, "slot-used", 4, 0)
    if "slot" in roles:
        check_slot(data, roles["slot"][0].position, used, roles["slot"][0].size)
    must(keyring_value(elf, data, roles, "module-size", elf.word_size, module.size) == module.size,
         "keyring: wrong word module-size")
    if "list-size" in roles:
        starts, ends = ({place[:2] for place in roles.get(role, ())} for role in ("list-start", "list-end"))
        must(len(starts) == len(ends) == 1, "keyring: list-start or list-end missing or different")
        (section, start), (end_section, end) = *starts, *ends
        must(section == end_section == module.section
             and keyring_value(elf, data, roles, "list-size", elf.word_size, 0) == end - start + used,
             "keyring: wrong word list-size")


def check_content_class(rule, data):
    """7.3: the bytes of a section or mask."""
    if rule.content == "x509":
        check_certificate_list(data, zeros_may_follow=True)
    elif rule.content == "zero":
        must(is_zero(data), f"rule {rule.name}: bytes are not zero")
    elif rule.content == "module-hashes":
        must(len(data) == 36 or len(data) % 32 == 0, f"rule {rule.name}: bad size")


def check_excluded_bytes(elf, exclusion):
    """Section 7. Sets the residue."""
    rule, section = exclusion.rule, exclusion.section
    if rule.content == "x509-keyring":
        if section:
            exclusion.residue = check_keyring_section(elf, section, exclusion.roles)
        elif exclusion.kind == "roles":
            check_keyring_roles(elf, exclusion)
        return
    for mask in exclusion.ranges:
        check_content_class(rule, elf.bytes_of(elf.sections[mask.section])[mask.offset:mask.offset + mask.size])
    if not section or exclusion.letter == "M":
        return
    check_content_class(rule, elf.bytes_of(section))
    for line in rule.symbols:
        for symbol in (elf.symbols[index] for index in elf.by_name.get(line.name.encode(), ())):
            if symbol.section == section.index:
                must(symbol.value == (0 if line.role == "start" else section.size)
                     and (symbol.size == 0 or (line.role, line.type, symbol.size) == ("start", "object", section.size)),
                     f"symbol {line.name} has a wrong position or size")


# --------------------------------------------------------------------------------------------------------------
# Section 4: canonical numbers


class Numbering:
    """Which sections are in scope and which symbols are counted, and their numbers."""

    def __init__(self, elf, exclusions, scope):
        self.elf = elf
        self.taken = {exclusion.section.index for exclusion in exclusions
                      if exclusion.section and exclusion.letter in "FS"}
        self.floating = [exclusion for exclusion in exclusions if exclusion.letter in "FS"]
        self.in_scope = [section for section in elf.sections[1:] if self.is_in_scope(section, scope)]
        if scope == "loaded" and not any(section.index in elf.symbolic for section in self.in_scope):
            self.in_scope = [section for section in self.in_scope if section is not elf.symtab]
        self.section_numbers = {0: 0, **{section.index: count for count, section in enumerate(self.in_scope, 1)}}
        self.policy_symbols: Dict[int, SymbolLine] = {}
        self.around_taken: List[int] = []       # section and mapping symbols of taken-out sections
        self.symbol_numbers: List[Optional[int]] = [0] if elf.symbols else []
        self.counted: List[int] = []            # the numbered symbols below 0x80000000, without index 0
        self.number_symbols(exclusions, scope)

    def is_in_scope(self, section, scope):
        if section.index in self.taken or section.type == SHT_SYMTAB_SHNDX:
            return False
        if scope == "file" or section.alloc:
            return True
        if section.index in self.elf.symbolic:
            return self.elf.is_rel and self.elf.sections[section.info].alloc and section.info not in self.taken
        return section is self.elf.symtab   # if there is such a section

    def number_symbols(self, exclusions, scope):
        lines = [(exclusion, line) for exclusion in exclusions for line in exclusion.rule.symbols]
        policy_names = {line.name.encode(): (number_of_line, line, exclusion.section.index if exclusion.section else 0)
                        for number_of_line, (exclusion, line) in enumerate(lines, POLICY_SYMBOL_BASE)
                        if exclusion.letter in "FS"}
        named = set()
        if scope == "loaded":
            for section in self.in_scope:
                if section.index in self.elf.symbolic:
                    named.update(self.elf.relocations(section).symbols)
        for index, symbol in enumerate(self.elf.symbols[1:], 1):
            canonical = None
            policy_number, line, taken = policy_names.get(symbol.name, (None, None, 0))
            if line and (symbol.shndx == 0 or (taken and symbol.section == taken)):
                canonical = policy_number
                self.policy_symbols[index] = line
            elif symbol.section in self.taken:
                self.around_taken.append(index)
            elif scope == "file" or index in named:
                self.counted.append(index)
                canonical = len(self.counted)
            self.symbol_numbers.append(canonical)

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


# --------------------------------------------------------------------------------------------------------------
# Section 8: symbols and relocations around exclusions


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
    for exclusion in numbering.floating:
        for line in exclusion.rule.symbols:
            for symbol in (elf.symbols[index] for index in elf.by_name.get(line.name.encode(), ())):
                must(symbol.section >= 0 and (symbol.shndx or not exclusion.section),
                     f"policy symbol {line.name} is undefined, or in no section")


def check_references(elf, numbering):
    """Rule 3, and section 5: the symbol of a GROUP."""
    for section in elf.sections if numbering.taken else ():
        must(section.link not in numbering.taken
             and not (section.info_is_index and section.info in numbering.taken)
             and numbering.taken.isdisjoint(elf.groups.get(section.index, ())[1:]),
             f"section {section.index} refers to a taken-out section")
    for section in elf.symbolic.values():
        must(not numbering.around_taken or set(numbering.around_taken).isdisjoint(elf.relocations(section).symbols),
             f"{section} relocates to a taken-out section")
    must(all(section.type != SHT_GROUP or numbering.symbol_numbers[section.info] is not None
             for section in numbering.in_scope), "the symbol of a GROUP has no number")


def check_patches(elf, masks):
    """Rule 4."""
    for section in elf.sections:
        if section.type in (SHT_REL, SHT_RELA):
            everywhere = section.alloc or section.info == 0 or elf.sections[section.info].alloc
            concerned = [mask for mask in masks if mask.section == section.info] if elf.is_rel else \
                masks if everywhere else []
            patches = relocation_patches
        elif section.type == SHT_RELR and not elf.is_rel:
            concerned, patches = masks, relr_patches
        else:
            continue
        if not concerned:
            continue
        ranges = [(mask.offset + (0 if elf.is_rel else elf.sections[mask.section].addr), mask.size)
                  for mask in concerned]
        low, high = min(ranges)[0] - 16, max(start + size for start, size in ranges)
        for offset, width in patches(elf, section):
            must(not low < offset < high or not any(overlap(offset, width, *item) for item in ranges),
                 f"{section} patches masked bytes")


def check_raw_indices(elf, numbering):
    """Rule 5."""
    plain = (SHT_REL, SHT_RELA, SHT_GROUP)
    must(numbering.symbol_numbers == list(range(len(elf.symbols)))
         or not any(section.link == elf.symtab_index and section.type not in plain for section in numbering.in_scope),
         "a section with symbol indices, which an exclusion has changed")


def is_plain_note(elf, segment):
    """Rule 6: the extents of NOTE sections, one after the other."""
    notes = {section.offset: section for section in elf.sections if section.type == SHT_NOTE and section.size}
    at, end = segment.offset, segment.offset + segment.filesz
    while at < end and at in notes and (notes[at].addralign == 8) == (segment.align == 8):
        at += notes[at].size
    return segment.type == PT_NOTE and at == end


def check_ways_in(elf, exclusions):
    """Rule 6."""
    for exclusion, mask in ((exclusion, mask) for exclusion in exclusions for mask in exclusion.masks):
        section = elf.sections[mask.section]
        address, offset = section.addr + mask.offset, section.offset + mask.offset
        for shift in (0, *(load.paddr - load.vaddr for load in elf.segments if load.type == PT_LOAD)):
            must(not 0 <= elf.e_entry - address - shift < mask.size, "the entry point is in masked bytes")
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
    22: {1: {1}, 2: {3, 15, 16}, 4: {4, 5, 19}},
    243: {1: {33, 37, 53, 54, 58}, 2: {34, 38, 55}, 4: {1, 35, 39, 56, 57}, 16: {60, 61}},
}


# --------------------------------------------------------------------------------------------------------------
# Sections 2, 5 and 10: parts, digest, dump


class Part(NamedTuple):
    kind: int
    head: bytes
    content: bytes
    line: str               # of the dump
    details: object = ()    # more lines of the dump
    has_leaves: bool = False


class HashsectFile:
    """A file with its policy, scope and hash: the parts, the digest and the dump."""

    def __init__(self, data, policy, excluded, scope, hash_name):
        self.scope, self.hash_name, self.new_hash = scope, hash_name, HASHES[hash_name]
        self.elf = Elf(data)
        self.policy = with_excluded_sections(policy, excluded, self.elf)
        self.exclusions = resolve(self.elf, self.policy)
        for exclusion in self.exclusions:
            check_excluded_bytes(self.elf, exclusion)
        self.masks = [mask for exclusion in self.exclusions for mask in exclusion.masks]
        self.numbering = Numbering(self.elf, self.exclusions, scope)
        check_symbols(self.elf, self.numbering)
        check_references(self.elf, self.numbering)
        check_raw_indices(self.elf, self.numbering)
        check_patches(self.elf, self.masks)
        if not self.elf.is_rel:
            check_ways_in(self.elf, self.exclusions)

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
            yield Part(4, struct.pack("<IIQQQQQB", kind, flags, vaddr, paddr, filesz, memsz, alignment, header), b"",
                       f"segment type={kind:#x} flags={flags:#x} vaddr={vaddr:#x} paddr={paddr:#x} filesz={filesz} "
                       f"memsz={memsz} align={alignment:#x} header={header}")
        yield from map(self.section_part, self.numbering.in_scope)

    def exclusion_part(self, exclusion):
        masks = [(self.numbering.section(mask.section), mask.offset, mask.size) for mask in exclusion.masks]
        name = exclusion.rule.name.encode()
        head = string(name) + exclusion.letter.encode() + u32(len(masks))
        return Part(2, head + b"".join(struct.pack("<IQQ", *mask) for mask in masks), exclusion.residue,
                    f"exclusion {quoted(name)} {exclusion.letter} residue={len(exclusion.residue)}",
                    (f"  mask {section} {offset:#x} {size}" for section, offset, size in masks), True)

    def section_part(self, section):
        """Section 5."""
        elf, content, details, has_leaves = self.elf, b"", (), False
        is_derived = section.index in elf.derived
        if is_derived or not section.has_extent:
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
        link, info = self.numbering.section(section.link), self.numbering.info(section)
        head = string(section.name) + struct.pack("<IQQQQQIQ", section.type, section.flags, section.addr, size,
                                                  section.addralign, section.entsize, link, info)
        line = (f"section {self.numbering.section(section.index)} {quoted(section.name)} type={section.type:#x} "
                f"flags={section.flags:#x} addr={section.addr:#x} size={size} align={section.addralign} "
                f"entsize={section.entsize} link={link} info={info}")
        return Part(5, head, content, line, details, has_leaves)

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


# --------------------------------------------------------------------------------------------------------------
# Command line


def parse_arguments(words):
    parser = argparse.ArgumentParser(prog="hashsect_ref", description="Reference implementation of hashsect digests.")
    commands = parser.add_subparsers(dest="command", required=True)
    for command, count in (("digest", "+"), ("dump", 1)):
        options = commands.add_parser(command)
        options.add_argument("--policy", default="linux", metavar="linux|strict|FILE.ini")
        options.add_argument("--exclude-section", action="append", default=[], metavar="NAME[:CLASS]")
        options.add_argument("--scope", default="file", choices=SCOPES)
        options.add_argument("--hash", default="sha256", choices=HASHES)
        options.add_argument("files", nargs=count, metavar="FILE")
    return parser.parse_args(words)


def run(arguments, policy, path):
    """Prints what was asked for one file. Returns the exit status."""
    try:
        with open(path, "rb") as input_file:
            file = HashsectFile(input_file.read(), policy, [split_exclude(text) for text in arguments.exclude_section],
                                arguments.scope, arguments.hash)
        if arguments.command == "digest":
            print(f"{file.tagged_digest()}  {path}", flush=True)
        else:
            sys.stdout.writelines(line + "\n" for line in file.dump())
            sys.stdout.flush()
    except BrokenPipeError:
        # The reader has seen enough (dump | head); keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except (Refused, OSError) as reason:
        print(f"hashsect_ref: {path}: {getattr(reason, 'strerror', None) or reason}", file=sys.stderr)
        return 2
    return 0


def main(words=None):
    arguments = parse_arguments(words)
    try:
        policy = load_policy(arguments.policy)
    except (Refused, OSError) as reason:
        print(f"hashsect_ref: {reason}", file=sys.stderr)
        return 2
    return max([run(arguments, policy, path) for path in arguments.files])


if __name__ == "__main__":
    sys.exit(main())
