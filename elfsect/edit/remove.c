// SPDX-License-Identifier: LGPL-2.1-or-later
/* Removal: a section goes with its relocations and symbols; what refers to it decides whether it may. */
#include <stdlib.h>

#include "draft/draft.h"
#include "draft/finish.h"
#include "view/references.h"
#include "base/cleanup.h"

static bool goes(uint32_t section, const void *draft)
{
	return ((const struct draft *)draft)->sections[section].removed;
}

static int check_removable(const struct elfsect_view *view, const struct elfsect_section *s,
			   struct elfsect_error *error)
{
	const char *reason = NULL;

	if (s->type == SHT_SYMTAB || s->type == SHT_SYMTAB_SHNDX || s->index == view->header.shstrndx ||
	    elfsect_section_is_name_table(view, s))
		reason = "the file cannot be without its symbol and string tables";
	else if (is_relocation_type(s->type))
		reason = "relocations go with the section they apply to";
	else if (s->type == SHT_GROUP)
		reason = "a section group holds other sections together";
	if (!reason)
		return 0;
	return failure(error, EINVAL, "%s: section %u (%s): %s", view->name, s->index, s->name, reason);
}

/* What stays must not name a section that goes. */
static int check_references(const struct draft *draft, struct elfsect_error *error)
{
	const struct elfsect_view *view = draft->view;

	for (uint32_t i = 1; i < view->header.shnum; i++)
		if (!goes(i, draft) && elfsect_section_names(view, &view->sections[i], goes, draft))
			return failure(error, EBUSY, "%s: section %u (%s): refers to the section that would be removed",
				       view->name, i, view->sections[i].name);
	return 0;
}

enum { USED_BY_WHAT_STAYS = 1, USED_BY_WHAT_GOES = 2 };

struct marking {
	const struct draft *draft;
	uint8_t *referenced; /* by symbol number: USED_BY_WHAT_STAYS, USED_BY_WHAT_GOES */
};

/* A local symbol that goes with its section must not be one that relocations name. */
static int mark(const struct symbol_use *use, void *context, struct elfsect_error *error)
{
	const struct marking *marking = context;
	const struct draft *draft = marking->draft;
	const struct elfsect_symbol *symbol = &draft->symbols[use->symbol].entry;

	if (goes(use->by->index, draft)) {
		marking->referenced[use->symbol] |= USED_BY_WHAT_GOES;
		return 0;
	}
	marking->referenced[use->symbol] |= USED_BY_WHAT_STAYS;
	if (use->by->type == SHT_GROUP || !symbol->section || !goes(symbol->section, draft) ||
	    ELF64_ST_BIND(symbol->info) != STB_LOCAL)
		return 0;
	return failure(error, EBUSY, "%s: section %u (%s): relocation %ju refers to %s, which would be removed",
		       draft->view->name, use->by->index, use->by->name, (uintmax_t)use->entry,
		       *symbol->name ? symbol->name : draft->sections[symbol->section].header.name);
}

static int mark_referenced(const struct draft *draft, uint8_t *referenced, struct elfsect_error *error)
{
	struct marking marking = {draft, referenced};
	int ret = 0;

	for (uint32_t i = 1; i < draft->view->header.shnum && !ret; i++)
		ret = section_symbol_uses(draft->view, &draft->view->sections[i], mark, &marking, error);
	return ret;
}

/*
 * An undefined symbol that only what goes has used would stay behind as a demand: it pulls members out of archives, and
 * module loaders refuse what they cannot resolve.
 */
static bool is_left_over(const struct elfsect_symbol *symbol, uint8_t referenced)
{
	return symbol->shndx == SHN_UNDEF && referenced == USED_BY_WHAT_GOES;
}

static int remove_symbols(struct draft *draft, struct elfsect_error *error)
{
	autofree uint8_t *referenced = calloc((size_t)draft->symbol_count + 1, 1);
	int ret;

	if (!referenced)
		return failure_errno(error, ENOMEM, "%s: symbols", draft->view->name);
	ret = mark_referenced(draft, referenced, error);
	for (uint32_t i = 1; i < draft->symbol_count && !ret; i++) {
		struct draft_symbol *s = &draft->symbols[i];
		const bool local = ELF64_ST_BIND(s->entry.info) == STB_LOCAL;

		s->removed = is_left_over(&s->entry, referenced[i]);
		if (!s->entry.section || !goes(s->entry.section, draft))
			continue;
		if (local && (referenced[i] & USED_BY_WHAT_STAYS))
			ret = failure(error, EBUSY,
				      "%s: symbol %u (%s): it identifies a section group, but would be removed",
				      draft->view->name, i, s->entry.name);
		s->removed = local || !(referenced[i] & USED_BY_WHAT_STAYS);
		if (!s->removed) {
			s->entry.section = 0;
			s->entry.shndx = SHN_UNDEF;
			s->entry.value = 0;
			s->entry.size = 0;
			s->entry.info = (uint8_t)ELF64_ST_INFO(ELF64_ST_BIND(s->entry.info), STT_NOTYPE);
		}
	}
	return ret;
}

int elfsect_plan_remove(const struct elfsect_view *view, const char *name, struct elfsect_plan **plan,
			struct elfsect_error *error)
{
	autodraft struct draft *draft = NULL;
	const struct elfsect_section *section;
	int ret;

	ret = draft_open(view, &draft, error);
	if (!ret)
		ret = elfsect_section_find(view, name, &section, error);
	if (!ret)
		ret = check_removable(view, section, error);
	if (!ret)
		ret = draft_load_symbols(draft, error);
	if (ret)
		return ret;
	draft->sections[section->index].removed = true;
	for (uint32_t i = 1; i < view->header.shnum; i++)
		if (is_relocation_type(view->sections[i].type) && view->sections[i].info == section->index)
			draft->sections[i].removed = true;
	draft->names_dropped = true;
	ret = check_references(draft, error);
	if (!ret)
		ret = remove_symbols(draft, error);
	return ret ? ret : draft_finish(draft, plan, error);
}
