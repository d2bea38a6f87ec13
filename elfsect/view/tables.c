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
	return is_relocation_type(section->type) && !(section->flags & SHF_ALLOC) && view->symtab &&
	       section->link == view->symtab;
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
struct elfsect_relocation elfsect_relocation_get(const struct elfsect_view *view, const struct elfsect_section *section,
						 uint64_t index)
{
	const uint8_t *p = view->bytes + section->offset + index * relocation_entsize(view, section->type);
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

/* --------------------------------------------------------------------------------------------- relocation widths */

/* Data relocations of the psABIs whose width is not the default 8. Ranges of types, both ends included. */
static const struct width {
	uint16_t machine;
	uint8_t bytes;
	uint16_t first, last;
} widths[] = {
	{EM_386, 1, 22, 23},	      {EM_386, 2, 20, 21},	 {EM_386, 8, 41, 41},	    {EM_386, 4, 0, 0xffff},
	{EM_X86_64, 1, 14, 15},	      {EM_X86_64, 2, 12, 13},	 {EM_X86_64, 4, 2, 4},	    {EM_X86_64, 4, 9, 11},
	{EM_X86_64, 4, 19, 23},	      {EM_X86_64, 4, 26, 26},	 {EM_X86_64, 4, 32, 32},    {EM_X86_64, 4, 34, 35},
	{EM_X86_64, 4, 41, 42},	      {EM_X86_64, 16, 36, 36},	 {EM_AARCH64, 2, 259, 259}, {EM_AARCH64, 2, 262, 262},
	{EM_AARCH64, 4, 258, 258},    {EM_AARCH64, 4, 261, 261}, {EM_AARCH64, 4, 263, 299}, {EM_AARCH64, 4, 311, 315},
	{EM_AARCH64, 16, 1031, 1031}, {EM_ARM, 1, 8, 8},	 {EM_ARM, 2, 5, 5},	    {EM_ARM, 4, 2, 3},
	{EM_ARM, 4, 28, 29},	      {EM_ARM, 4, 38, 38},	 {EM_ARM, 4, 41, 42},	    {EM_PPC64, 2, 3, 6},
	{EM_PPC64, 4, 1, 1},	      {EM_PPC64, 4, 10, 11},	 {EM_PPC64, 4, 26, 26},	    {EM_S390, 1, 1, 1},
	{EM_S390, 2, 3, 3},	      {EM_S390, 2, 15, 16},	 {EM_S390, 4, 4, 5},	    {EM_S390, 4, 19, 19},
	{EM_RISCV, 1, 33, 33},	      {EM_RISCV, 1, 37, 37},	 {EM_RISCV, 1, 53, 54},	    {EM_RISCV, 1, 58, 58},
	{EM_RISCV, 2, 34, 34},	      {EM_RISCV, 2, 38, 38},	 {EM_RISCV, 2, 55, 55},	    {EM_RISCV, 4, 1, 1},
	{EM_RISCV, 4, 35, 35},	      {EM_RISCV, 4, 39, 39},	 {EM_RISCV, 4, 56, 57},	    {EM_RISCV, 16, 60, 61},
};

unsigned int elfsect_relocation_width(uint16_t machine, uint32_t type)
{
	unsigned int width = 16;

	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		if (widths[i].machine != machine)
			continue;
		if (type >= widths[i].first && type <= widths[i].last)
			return widths[i].bytes;
		width = 8;
	}
	return width;
}
