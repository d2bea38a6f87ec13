// SPDX-License-Identifier: LGPL-2.1-or-later
/* Symbol and relocation entries, decoded from the raw bytes. */
#include "view/view.h"

uint32_t elfsect_symbol_count(const struct elfsect_view *view)
{
	const struct elfsect_section *symtab = elfsect_view_symtab(view);
	uint64_t count = symtab ? symtab->size / symbol_entsize(view) : 0;

	return count > UINT32_MAX ? UINT32_MAX : (uint32_t)count;
}

/*
 * Elf32_Sym: name u32, value u32, size u32, info u8, other u8, shndx u16        (16 bytes)
 * Elf64_Sym: name u32, info u8, other u8, shndx u16, value u64, size u64        (24 bytes)
 */
struct elfsect_symbol elfsect_symbol_get(const struct elfsect_view *view, uint32_t index)
{
	const struct elfsect_section *symtab = &view->sections[view->symtab];
	const uint8_t *p = view->bytes + symtab->offset + (uint64_t)index * symbol_entsize(view);
	struct elfsect_symbol s = {.name_offset = view_u32(view, p)};

	if (view_is_64(view)) {
		s.info = p[4];
		s.other = p[5];
		s.shndx = view_u16(view, p + 6);
		s.value = view_u64(view, p + 8);
		s.size = view_u64(view, p + 16);
	} else {
		s.value = view_u32(view, p + 4);
		s.size = view_u32(view, p + 8);
		s.info = p[12];
		s.other = p[13];
		s.shndx = view_u16(view, p + 14);
	}
	if (s.shndx == SHN_XINDEX && view->symtab_shndx) {
		const struct elfsect_section *shndx = &view->sections[view->symtab_shndx];

		if (range_inside((uint64_t)index * 4, 4, shndx->size))
			s.section = view_u32(view, view->bytes + shndx->offset + (uint64_t)index * 4);
	} else if (s.shndx < SHN_LORESERVE) {
		s.section = s.shndx;
	}
	s.name = strtab_get(view, &view->sections[symtab->link], s.name_offset, SYMBOL_NAME_MAX);
	if (!s.name)
		s.name = "";
	return s;
}

bool elfsect_symbol_is_defined(const struct elfsect_symbol *symbol)
{
	return symbol->section != 0;
}

bool elfsect_relocations_are_symbolic(const struct elfsect_view *view, const struct elfsect_section *section)
{
	return is_relocation_type(section->type) && (view->header.type == ET_REL || !(section->flags & SHF_ALLOC)) &&
	       view->symtab && section->link == view->symtab;
}

uint64_t elfsect_relocation_count(const struct elfsect_view *view, const struct elfsect_section *section)
{
	return section->size / relocation_entsize(view, section->type);
}

/*
 * Elf32_Rel(a): offset u32, info u32 (symbol << 8 | type), [addend i32]
 * Elf64_Rel(a): offset u64, info u64 (symbol << 32 | type), [addend i64]
 * MIPS, 64 bit: offset u64, symbol u32, ssym u8, type3 u8, type2 u8, type u8, [addend i64]; the same in both byte
 * orders, so that a little-endian r_info is not one integer (64-bit ELF Object File Specification, MIPS, section 2.9).
 */
struct elfsect_relocation elfsect_relocation_decode(const struct elfsect_view *view,
						    const struct elfsect_section *section, const uint8_t *p)
{
	const bool rela = section->type == SHT_RELA;
	struct elfsect_relocation r = {0};

	if (view_is_64(view)) {
		r.offset = view_u64(view, p);
		if (view->header.machine == EM_MIPS) {
			r.symbol = view_u32(view, p + 8);
			r.type = load_u32(p + 12, ELFDATA2MSB);
		} else {
			const uint64_t info = view_u64(view, p + 8);

			r.symbol = (uint32_t)(info >> 32);
			r.type = (uint32_t)info;
		}
		r.addend = rela ? (int64_t)view_u64(view, p + 16) : 0;
	} else {
		const uint32_t info = view_u32(view, p + 4);

		r.offset = view_u32(view, p);
		r.symbol = info >> 8;
		r.type = info & 0xff;
		r.addend = rela ? (int32_t)view_u32(view, p + 8) : 0;
	}
	return r;
}

struct elfsect_relocation elfsect_relocation_get(const struct elfsect_view *view, const struct elfsect_section *section,
						 uint64_t index)
{
	return elfsect_relocation_decode(
		view, section, view->bytes + section->offset + index * relocation_entsize(view, section->type));
}
