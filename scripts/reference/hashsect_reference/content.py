# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sections 7.2 and 7.3: what excluded bytes must be."""

from .certificate import check_certificate_list, der_bounds
from .common import align, is_zero, must


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


def check_sequences(data):
    """7.2, roles: SEQUENCEs that fill the data."""
    at = 0
    while at < len(data):
        must(data[at] == 0x30, "keyring: no SEQUENCE")
        at = der_bounds(data, at)[1]


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
        module_end, word_at = module.offset + module.size, roles["list-size"][0].position
        must(start == module.offset and end >= module_end, "keyring: the list does not start with the module certificate")
        if "slot" in roles:
            must(end == roles["slot"][0].position, "keyring: the slot is not right behind the list")
        else:
            must(end <= word_at, "keyring: the list ends behind its length word")
            check_sequences(data[module_end:end])
            must(is_zero(data[end:word_at]), "keyring: bytes between the list and its length word")


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
        for symbol in elf.symbols_named(line.name):
            if symbol.section == section.index:
                must(symbol.value == (0 if line.role == "start" else section.size)
                     and (symbol.size == 0 or (line.role, line.type, symbol.size) == ("start", "object", section.size)),
                     f"symbol {line.name} has a wrong position or size")
