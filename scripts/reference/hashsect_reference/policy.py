# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sections 6.1 and 6.2: policies."""

import hashlib
import re
from collections import namedtuple
from dataclasses import dataclass, field
from typing import List, NamedTuple, Optional, Tuple

from .common import (
    MAX_U32, MAX_U64, SHF_ALLOC, SHF_NEVER_EXCLUDED, SHT_NOTE, SHT_PROGBITS, STB_GLOBAL, STB_LOCAL, STT_NOTYPE,
    STT_OBJECT, Refused, must)

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
        """The names that a symbol line or a range of this rule uses, each once, in the order of a map."""
        ranges = [(match.name, match.last) for match in self.matches if match.kind == "range"]
        names = [symbol.name for symbol in self.symbols] + [name for pair in ranges for name in pair if name]
        return list(dict.fromkeys(names))


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
max-size 0x40000
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
