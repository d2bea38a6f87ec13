/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A draft: the tables of a relocatable file while they are being edited. Section and symbol numbers in it are those of
 * the view, with new ones behind them; draft_finish() renumbers once at the end, writes the tables and makes the plan.
 */
#ifndef ELFSECT_DRAFT_H
#define ELFSECT_DRAFT_H

#include "elfsect_edit.h"
#include "plan/plan.h"
#include "view/view.h"

/* A name_offset that draft_finish() has to find: the name is new. */
#define NAME_IS_NEW UINT32_MAX

/* A number in the maps of a draft: removed. */
#define NO_NUMBER UINT32_MAX

struct draft_section {
	struct elfsect_section header; /* name_offset NAME_IS_NEW: take header.name */
	uint8_t *bytes;		       /* owned new content, header.size bytes; NULL: the view's */
	bool removed;
	bool placed; /* layout.c found a place for its new size */
};

struct draft_symbol {
	struct elfsect_symbol entry; /* name_offset NAME_IS_NEW: take entry.name. section rules, shndx follows */
	bool removed;
};

struct draft {
	const struct elfsect_view *view; /* borrowed */
	struct draft_section *sections;	 /* owned */
	uint32_t section_count;
	struct draft_symbol *symbols; /* owned; NULL until draft_load_symbols() */
	uint32_t symbol_count;
	uint32_t symtab_shndx; /* section number, or 0 */
	bool names_dropped;    /* a name was removed or replaced: string tables need a sweep */
	char **strings;	       /* owned names */
	size_t string_count;
	uint32_t *section_map; /* owned; draft number -> final number, made by draft_finish() */
	uint32_t *symbol_map;
};

/* Check the view, which must be a relocatable file, and start a draft of it. */
int draft_open(const struct elfsect_view *view, struct draft **draft, struct elfsect_error *error);

/* The same for any file. In a linked one nothing that is allocated may change. */
int draft_open_any(const struct elfsect_view *view, struct draft **out, struct elfsect_error *error);

void draft_close(struct draft *draft);

static inline void cleanup_draft(struct draft **draft)
{
	draft_close(*draft);
}

#define autodraft __attribute__((cleanup(cleanup_draft)))

/* Decode the symbol table into draft->symbols. Does nothing if there is none or it is loaded. */
int draft_load_symbols(struct draft *draft, struct elfsect_error *error);

/* Append a section; header->name is borrowed until draft_finish(). bytes becomes the draft's, also on failure. */
int draft_add_section(struct draft *draft, const struct elfsect_section *header, uint8_t *bytes, uint32_t *index,
		      struct elfsect_error *error);

/* Append a symbol behind the last; entry->name is borrowed until draft_finish(). Symbols are loaded. */
int draft_add_symbol(struct draft *draft, const struct elfsect_symbol *entry, struct elfsect_error *error);

/* The current content of a section, NULL if it has none. */
const uint8_t *draft_content(const struct draft *draft, uint32_t index);

/* A copy of a section's content to change in place. NULL without memory, and for sections without content. */
uint8_t *draft_own(struct draft *draft, uint32_t index);

/* Give a section new content of any size; bytes becomes the draft's. */
void draft_replace(struct draft *draft, uint32_t index, uint8_t *bytes, uint64_t size);

/* A formatted name that lives as long as the draft; NULL without memory. */
__attribute__((format(printf, 2, 3))) char *draft_string(struct draft *draft, const char *format, ...);

/* Another name for a section. Borrows it. */
void draft_set_name(struct draft *draft, uint32_t index, const char *name);

#endif
