// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The string tables of section and symbol names, which may be one table. Names that are not used any more are zeroed,
 * since elfsect_check() allows no byte in them that no name uses; names that end in one another share bytes, so a byte
 * goes only when no name covers it. New names share too, or go to the end.
 */
#include "draft/names.h"

#include <stdlib.h>

struct table {
	struct draft *draft;
	uint32_t index;
	uint8_t *bytes; /* owned until table_store() */
	uint64_t size;
	bool sections; /* holds section names */
	bool symbols;  /* holds symbol names */
};

typedef int name_function(struct table *table, const char *name, uint32_t *offset, struct elfsect_error *error);

/* Call a function for the name of every section and symbol that stays and has its name in this table. */
static int for_each_name(struct table *table, name_function *function, struct elfsect_error *error)
{
	struct draft *draft = table->draft;
	int ret = 0;

	for (uint32_t i = 1; table->sections && i < draft->section_count && !ret; i++) {
		struct elfsect_section *s = &draft->sections[i].header;

		if (!draft->sections[i].removed)
			ret = function(table, s->name, &s->name_offset, error);
	}
	for (uint32_t i = 1; table->symbols && i < draft->symbol_count && !ret; i++) {
		struct elfsect_symbol *s = &draft->symbols[i].entry;

		if (!draft->symbols[i].removed)
			ret = function(table, s->name, &s->name_offset, error);
	}
	return ret;
}

static int count_new(struct table *table, const char *name, uint32_t *offset, struct elfsect_error *error)
{
	(void)error;
	if (*offset == NAME_IS_NEW)
		table->size += strlen(name) + 1;
	return 0;
}

/* In the swept copy, the bytes of a name that stays. Also where it ends: the table must reach that far. */
static int keep_name(struct table *table, const char *name, uint32_t *offset, struct elfsect_error *error)
{
	const uint8_t *old = draft_content(table->draft, table->index);
	const size_t length = strlen(name) + 1;

	(void)error;
	if (*offset == NAME_IS_NEW || !old)
		return 0;
	memcpy(table->bytes + *offset, old + *offset, length);
	if (*offset + length > table->size)
		table->size = *offset + length;
	return 0;
}

static int place_name(struct table *table, const char *name, uint32_t *offset, struct elfsect_error *error)
{
	const size_t length = strlen(name) + 1;
	const uint8_t *found;

	if (*offset != NAME_IS_NEW)
		return 0;
	found = memmem(table->bytes, table->size, name, length);
	if (!found) {
		if (table->size + length >= UINT32_MAX)
			return failure(error, EFBIG, "%s: the string table is full", table->draft->view->name);
		found = table->bytes + table->size;
		memcpy(table->bytes + table->size, name, length);
		table->size += length;
	}
	*offset = (uint32_t)(found - table->bytes);
	return 0;
}

static int write_table(struct table *table, struct elfsect_error *error)
{
	struct draft *draft = table->draft;
	const struct elfsect_section *header = &draft->sections[table->index].header;
	const uint64_t old_size = header->size;
	const uint8_t *old = draft_content(draft, table->index);
	uint64_t new_bytes;
	int ret;

	table->size = 0;
	for_each_name(table, count_new, error);
	new_bytes = table->size;
	if (!new_bytes && !draft->names_dropped)
		return 0;
	if (header->type != SHT_STRTAB || (header->flags & SHF_ALLOC))
		return failure(error, EINVAL, "%s: section %u (%s): not a string table that can be changed",
			       draft->view->name, table->index, header->name);
	table->bytes = calloc(1, old_size + new_bytes + 1);
	if (!table->bytes)
		return failure_errno(error, ENOMEM, "%s: string table", draft->view->name);
	table->size = 1;
	if (draft->names_dropped)
		for_each_name(table, keep_name, error);
	else if (old) {
		memcpy(table->bytes, old, old_size);
		table->size = old_size;
	}
	ret = for_each_name(table, place_name, error);
	if (ret) {
		free(table->bytes);
		return ret;
	}
	draft_replace(draft, table->index, table->bytes, table->size);
	return 0;
}

/* Without a dropped name there is nothing to sweep, and an edit that changes nothing leaves the tables alone. */
int draft_write_names(struct draft *draft, struct elfsect_error *error)
{
	const struct elfsect_view *view = draft->view;
	const struct elfsect_section *symtab = elfsect_view_symtab(view);
	struct table sections = {.draft = draft, .index = view->header.shstrndx, .sections = true};
	struct table symbols = {.draft = draft, .symbols = true};
	bool shared = symtab && symtab->link == sections.index;
	int ret = 0;

	if (symtab)
		symbols.index = symtab->link;
	sections.symbols = shared;
	if (shared || draft->names_dropped) {
		/* The sweep must know every user of a table. */
		ret = draft_load_symbols(draft, error);
	}
	if (!ret && sections.index)
		ret = write_table(&sections, error);
	if (!ret && symtab && !shared && draft->symbols)
		ret = write_table(&symbols, error);
	return ret;
}
