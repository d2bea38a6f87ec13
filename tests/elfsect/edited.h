/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A generated file, an edit of it in memory, and a look at the result. */
#ifndef EDITED_H
#define EDITED_H

#include "elf_builder.h"
#include "elf_cases.h"
#include "elfsect_edit.h"
#include "base/error.h"

/** struct edited - a file before and after an edit */
struct edited {
	struct elf_builder *builder; /* owned */
	struct elfsect_view *view;   /* owned; before the edit */
	uint8_t *view_bytes;	     /* owned; NULL while they are the builder's */
	struct elfsect_plan *plan;   /* owned; the last one */
	struct elfsect_view *result; /* owned; NULL until edited_apply() */
	uint8_t *result_bytes;	     /* owned */
};

/** edited_start() - finish the builder and open a view of its file */
void edited_start(struct edited *e, struct elf_builder *b);

/**
 * edited_apply() - have e->plan make e->result and check it: structure, changes in order and each one a difference, and
 * no section but tables and @changed moved or different. @changed may be NULL, or "*": content may differ everywhere,
 * places may not.
 */
void edited_apply(struct edited *e, const char *changed);

/** edited_next() - the result becomes what the next edit starts from */
void edited_next(struct edited *e);

void edited_end(struct edited *e);

/** expect_refusal() - the edit failed with this code and its message has the word in it */
void expect_refusal(int ret, int code, const struct elfsect_error *error, const char *word);

/** find_symbol() - the only symbol of this name; fails the test if there is none */
struct elfsect_symbol find_symbol(const struct elfsect_view *view, const char *name, uint32_t *index);

/** has_symbol() */
bool has_symbol(const struct elfsect_view *view, const char *name);

/** section_of() - the section of this name; fails the test if there is none */
const struct elfsect_section *section_of(const struct elfsect_view *view, const char *name);

/** absolute_type() - of a relocation that holds an address of 4 bytes, on the machines of sample_variants */
uint32_t absolute_type(const struct elf_variant *v);

/** relative_type() - likewise, minus the place */
uint32_t relative_type(const struct elf_variant *v);

#endif
