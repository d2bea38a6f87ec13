// SPDX-License-Identifier: LGPL-2.1-or-later
/* Table entries written in the file's class and byte order; the layouts are drawn in tables.c. */
#include "draft/draft.h"

#include <stdlib.h>

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

/* st_shndx and the entry of .symtab_shndx for a section number. Reserved values of st_shndx stay as they are. */
static uint32_t set_shndx(const struct draft *draft, struct elfsect_symbol *symbol)
{
	uint32_t number;

	if (!symbol->section) {
		/* XINDEX that resolves to 0 does not pass elfsect_check(). */
		return 0;
	}
	number = draft->section_map[symbol->section];
	if (number < SHN_LORESERVE) {
		symbol->shndx = (uint16_t)number;
		return 0;
	}
	symbol->shndx = SHN_XINDEX;
	return number;
}

int draft_write_symbols(struct draft *draft, struct elfsect_error *error)
{
	const struct elfsect_view *view = draft->view;
	const uint64_t entsize = symbol_entsize(view);
	uint32_t count = 0, locals = 0;
	uint8_t *symtab, *shndx = NULL;

	if (!draft->symbols)
		return 0;
	symtab = calloc(draft->symbol_count, entsize);
	if (symtab && draft->symtab_shndx)
		shndx = calloc(draft->symbol_count, 4);
	if (!symtab || (draft->symtab_shndx && !shndx)) {
		free(symtab);
		return failure_errno(error, ENOMEM, "%s: symbols", view->name);
	}
	for (uint32_t i = 0; i < draft->symbol_count; i++) {
		struct elfsect_symbol symbol = draft->symbols[i].entry;
		uint32_t extended;

		if (draft->symbols[i].removed)
			continue;
		extended = set_shndx(draft, &symbol);
		encode_symbol(view, symtab + count * entsize, &symbol);
		if (shndx)
			store_u32(shndx + (uint64_t)count * 4, view->header.data, extended);
		if (ELF64_ST_BIND(symbol.info) == STB_LOCAL)
			locals++;
		count++;
	}
	draft_replace(draft, view->symtab, symtab, count * entsize);
	draft->sections[view->symtab].header.info = locals;
	if (shndx)
		draft_replace(draft, draft->symtab_shndx, shndx, (uint64_t)count * 4);
	return 0;
}
