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


def elements_end(data):
    """7.2: where the elements (SEQUENCEs) at the start of the data end."""
    at = 0
    while at < len(data) and data[at] == 0x30:
        at = der_bounds(data, at)[1]
    return at


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
    must(0 <= module <= length <= len(data), "keyring: the sizes do not go together")
    expected = {"list-start": 0, "module-start": 0, "module-end": module, "list-end": length, "slot": length}
    end = length + slot_size
    small, large = (16, 256) if section.addralign == 256 else (4, 8)     # 256: where .align 8 means 2^8
    for role, alignment, size in (("slot-used", small, 4), ("list-size", large, word), ("module-size", large, word)):
        if role in roles:
            expected[role] = align(end, alignment)
            must(is_zero(data[end:expected[role]]), "keyring: alignment bytes are not zero")
            end = expected[role] + size
    must(0 <= len(data) - end < max(16, section.addralign) and is_zero(data[end:]), "keyring: the section has another size")
    must(all(place.position == expected[role] for role in roles for place in roles[role]), "keyring: misplaced symbol")
    end_zeros = 0 if "slot" in roles else large - 1
    check_certificate_list(data[:module], end_zeros if module == length else 0)
    residue_end = module + elements_end(data[module:length])
    must(length - residue_end <= end_zeros and is_zero(data[residue_end:length]), "keyring: bytes behind the certificates")
    check_slot(data, length, used, slot_size)
    return data[module:residue_end]


def check_keyring_roles(elf, exclusion):
    """7.2, roles."""
    roles, module = exclusion.roles, exclusion.ranges[0]
    data, module_end = bytes(elf.bytes_of(elf.sections[module.section])), module.offset + module.size
    ends = {place[:2] for place in roles.get("list-end", ())}
    check_certificate_list(data[module.offset:module_end],
                           255 if ends == {(module.section, module_end)} and "slot" not in roles else 0)
    used = keyring_value(elf, data, roles, "slot-used", 4, 0)
    if "slot" in roles:
        check_slot(data, roles["slot"][0].position, used, roles["slot"][0].size)
    must(keyring_value(elf, data, roles, "module-size", elf.word_size, module.size) == module.size,
         "keyring: wrong word module-size")
    if "list-size" in roles:
        starts = {place[:2] for place in roles.get("list-start", ())}
        must(starts == {(module.section, module.offset)}, "keyring: list-start is missing, or not at module-start")
        must(len(ends) == 1, "keyring: list-end is missing, or there are two")
        (end_section, end), = ends
        must(end_section == module.section and end >= module_end, "keyring: list-end is in front of module-end")
        must("slot" not in roles or end == roles["slot"][0].position, "keyring: the slot is not right behind the list")
        must(keyring_value(elf, data, roles, "list-size", elf.word_size, 0) == end - module.offset + used,
             "keyring: wrong word list-size")


def check_content_class(rule, data):
    """7.3: the bytes of a section or mask."""
    if rule.content == "x509":
        check_certificate_list(data, len(data))
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
