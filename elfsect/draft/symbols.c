// SPDX-License-Identifier: LGPL-2.1-or-later
#include "draft/symbols.h"

#include <stdlib.h>

#include "draft/encode.h"

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
