// SPDX-License-Identifier: LGPL-2.1-or-later
/* Renumbering: what refers to sections and symbols by number follows when some are removed. */
#include "draft/numbers.h"

#include <stdlib.h>

#include "draft/encode.h"

static bool needs_symtab_shndx(const struct draft *draft)
{
	for (uint32_t i = 1; i < draft->symbol_count; i++)
		if (!draft->symbols[i].removed && draft->symbols[i].entry.section &&
		    draft->section_map[draft->symbols[i].entry.section] >= SHN_LORESERVE)
			return true;
	return false;
}

static int map_sections(struct draft *draft, struct elfsect_error *error)
{
	uint32_t number = 0;

	free(draft->section_map);
	draft->section_map = calloc(draft->section_count, sizeof(*draft->section_map));
	if (!draft->section_map)
		return failure_errno(error, ENOMEM, "%s: section numbers", draft->view->name);
	for (uint32_t i = 0; i < draft->section_count; i++)
		draft->section_map[i] = draft->sections[i].removed ? NO_NUMBER : number++;
	return 0;
}

/* draft_write_symbols() makes the content. */
static int add_symtab_shndx(struct draft *draft, struct elfsect_error *error)
{
	const struct elfsect_section header = {
		.name = ".symtab_shndx",
		.type = SHT_SYMTAB_SHNDX,
		.link = draft->view->symtab,
		.align = 4,
		.entsize = 4,
	};
	int ret;

	ret = draft_add_section(draft, &header, NULL, &draft->symtab_shndx, error);
	return ret ? ret : map_sections(draft, error);
}

/*
 * Symbol numbers are known to stand in these section types only. Others that link to the symbol table, such as
 * SHT_LLVM_ADDRSIG, may hold numbers too.
 */
static int refuse_unknown_users(const struct draft *draft, struct elfsect_error *error)
{
	for (uint32_t i = 1; i < draft->section_count; i++) {
		const struct elfsect_section *s = &draft->sections[i].header;

		if (draft->sections[i].removed || s->link != draft->view->symtab || s->type == SHT_GROUP ||
		    s->type == SHT_SYMTAB_SHNDX || elfsect_relocations_are_symbolic(draft->view, s))
			continue;
		return failure(error, EINVAL,
			       "%s: section %u (%s): holds symbol numbers in a form that cannot be renumbered",
			       draft->view->name, i, s->name);
	}
	return 0;
}

static int map_symbols(struct draft *draft, bool *changed, struct elfsect_error *error)
{
	uint32_t number = 0;

	*changed = false;
	if (!draft->symbols)
		return 0;
	draft->symbol_map = calloc(draft->symbol_count, sizeof(*draft->symbol_map));
	if (!draft->symbol_map)
		return failure_errno(error, ENOMEM, "%s: symbol numbers", draft->view->name);
	for (uint32_t i = 0; i < draft->symbol_count; i++) {
		draft->symbol_map[i] = draft->symbols[i].removed ? NO_NUMBER : number++;
		if (!draft->symbols[i].removed && draft->symbol_map[i] != i)
			*changed = true;
	}
	return *changed ? refuse_unknown_users(draft, error) : 0;
}

/* A removed symbol that something still uses: elfsect_plan_remove() has seen to it that there is none. */
static int bad_symbol(const struct draft *draft, uint32_t section, uint32_t symbol, struct elfsect_error *error)
{
	return failure(error, EBUSY, "%s: section %u (%s): refers to symbol %u (%s), which would be removed",
		       draft->view->name, section, draft->sections[section].header.name, symbol,
		       draft->symbols[symbol].entry.name);
}

/* Section content is in the draft's numbers: as in the view, or newly made by an edit in the same numbers. */
static int renumber_relocations(struct draft *draft, uint32_t index, struct elfsect_error *error)
{
	const struct elfsect_section header = draft->sections[index].header;
	const struct elfsect_view *view = draft->view;
	const uint64_t entsize = relocation_entsize(view, header.type);
	/* The entry readers take a section of a view: let them read the draft's content as one. */
	const struct elfsect_section whole = {.type = header.type, .offset = 0, .size = header.size};
	struct elfsect_view content = {.header = view->header, .bytes = draft_own(draft, index), .size = header.size};

	if (!content.bytes)
		return header.size ? failure_errno(error, ENOMEM, "%s: relocations", view->name) : 0;
	for (uint64_t i = 0; i < header.size / entsize; i++) {
		struct elfsect_relocation r = elfsect_relocation_get(&content, &whole, i);
		const uint32_t number = draft->symbol_map[r.symbol];

		if (number == NO_NUMBER)
			return bad_symbol(draft, index, r.symbol, error);
		if (number == r.symbol)
			continue;
		r.symbol = number;
		encode_relocation(view, header.type, draft->sections[index].bytes + i * entsize, &r);
	}
	return 0;
}

static int renumber_group(struct draft *draft, uint32_t index, struct elfsect_error *error)
{
	struct draft_section *s = &draft->sections[index];
	uint8_t *bytes = draft_own(draft, index);

	if (!bytes)
		return failure_errno(error, ENOMEM, "%s: section groups", draft->view->name);
	for (uint64_t at = 4; at < s->header.size; at += 4)
		store_u32(bytes + at, draft->view->header.data, draft->section_map[view_u32(draft->view, bytes + at)]);
	if (!draft->symbol_map)
		return 0;
	if (draft->symbol_map[s->header.info] == NO_NUMBER)
		return bad_symbol(draft, index, s->header.info, error);
	s->header.info = draft->symbol_map[s->header.info];
	return 0;
}

int draft_number(struct draft *draft, struct elfsect_error *error)
{
	bool symbols_changed;
	int ret;

	ret = map_sections(draft, error);
	if (!ret && !draft->symtab_shndx && needs_symtab_shndx(draft))
		ret = add_symtab_shndx(draft, error);
	if (!ret)
		ret = map_symbols(draft, &symbols_changed, error);
	for (uint32_t i = 1; i < draft->section_count && !ret; i++) {
		struct elfsect_section *s = &draft->sections[i].header;

		if (draft->sections[i].removed)
			continue;
		if (symbols_changed && elfsect_relocations_are_symbolic(draft->view, s))
			ret = renumber_relocations(draft, i, error);
		else if (s->type == SHT_GROUP)
			ret = renumber_group(draft, i, error);
	}
	return ret;
}
