// SPDX-License-Identifier: LGPL-2.1-or-later
/* The layouts are drawn in view/tables.c. */
#include "draft/encode.h"

void encode_symbol(const struct elfsect_view *view, uint8_t *p, const struct elfsect_symbol *symbol)
{
	const uint8_t data = view->header.data;

	store_u32(p, data, symbol->name_offset);
	if (view_is_64(view)) {
		p[4] = symbol->info;
		p[5] = symbol->other;
		store_u16(p + 6, data, symbol->shndx);
		store_u64(p + 8, data, symbol->value);
		store_u64(p + 16, data, symbol->size);
	} else {
		store_u32(p + 4, data, (uint32_t)symbol->value);
		store_u32(p + 8, data, (uint32_t)symbol->size);
		p[12] = symbol->info;
		p[13] = symbol->other;
		store_u16(p + 14, data, symbol->shndx);
	}
}

void encode_relocation(const struct elfsect_view *view, uint32_t type, uint8_t *p,
		       const struct elfsect_relocation *relocation)
{
	const uint8_t data = view->header.data;

	if (!view_is_64(view)) {
		store_u32(p, data, (uint32_t)relocation->offset);
		store_u32(p + 4, data, relocation->symbol << 8 | (relocation->type & 0xff));
		if (type == SHT_RELA)
			store_u32(p + 8, data, (uint32_t)relocation->addend);
		return;
	}
	store_u64(p, data, relocation->offset);
	if (view->header.machine == EM_MIPS) {
		store_u32(p + 8, data, relocation->symbol);
		store_u32(p + 12, ELFDATA2MSB, relocation->type);
	} else {
		store_u64(p + 8, data, (uint64_t)relocation->symbol << 32 | relocation->type);
	}
	if (type == SHT_RELA)
		store_u64(p + 16, data, (uint64_t)relocation->addend);
}

/*
 * Elf32_Shdr: name, type, flags, addr, offset, size, link, info, addralign, entsize; u32 each     (40 bytes)
 * Elf64_Shdr: the same; flags, addr, offset, size, addralign, entsize are u64                     (64 bytes)
 */
void encode_section(const struct elfsect_view *view, uint8_t *p, const struct elfsect_section *s)
{
	const uint8_t data = view->header.data;

	store_u32(p, data, s->name_offset);
	store_u32(p + 4, data, s->type);
	if (view_is_64(view)) {
		store_u64(p + 8, data, s->flags);
		store_u64(p + 16, data, s->addr);
		store_u64(p + 24, data, s->offset);
		store_u64(p + 32, data, s->size);
		store_u32(p + 40, data, s->link);
		store_u32(p + 44, data, s->info);
		store_u64(p + 48, data, s->align);
		store_u64(p + 56, data, s->entsize);
	} else {
		store_u32(p + 8, data, (uint32_t)s->flags);
		store_u32(p + 12, data, (uint32_t)s->addr);
		store_u32(p + 16, data, (uint32_t)s->offset);
		store_u32(p + 20, data, (uint32_t)s->size);
		store_u32(p + 24, data, s->link);
		store_u32(p + 28, data, s->info);
		store_u32(p + 32, data, (uint32_t)s->align);
		store_u32(p + 36, data, (uint32_t)s->entsize);
	}
}
