// SPDX-License-Identifier: LGPL-2.1-or-later
/* Another name for a section. */
#include "edit/rename.h"

#include "draft/finish.h"

/* .rel.text and .rela.text of .text; other names of relocation sections are left alone. */
static int rename_relocations(struct draft *draft, uint32_t target, const char *old, const char *name,
			      struct elfsect_error *error)
{
	for (uint32_t i = 1; i < draft->section_count; i++) {
		const struct elfsect_section *s = &draft->sections[i].header;
		const char *prefix = s->type == SHT_RELA ? ".rela" : ".rel";
		char *derived;

		if (!is_relocation_type(s->type) || s->info != target ||
		    strncmp(s->name, prefix, strlen(prefix)) != 0 || strcmp(s->name + strlen(prefix), old) != 0)
			continue;
		derived = draft_string(draft, "%s%s", prefix, name);
		if (!derived)
			return failure_errno(error, ENOMEM, "%s: section names", draft->view->name);
		draft_set_name(draft, i, derived);
	}
	return 0;
}

int rename_section(struct draft *draft, uint32_t index, const char *name, struct elfsect_error *error)
{
	const struct elfsect_section *section = &draft->view->sections[index];
	const char *old = section->name;
	int ret;

	if (section->type == SHT_SYMTAB_SHNDX || section->type == SHT_GROUP || index == draft->view->header.shstrndx ||
	    index == draft->view->symtab || elfsect_section_is_name_table(draft->view, section) ||
	    elfsect_relocations_are_symbolic(draft->view, section))
		return section_failure(draft->view, section, EINVAL,
				       "symbol, string and relocation tables and groups keep their names", error);
	ret = draft_load_symbols(draft, error);
	if (!ret)
		ret = rename_relocations(draft, index, old, name, error);
	if (ret)
		return ret;
	for (uint32_t i = 1; i < draft->symbol_count; i++) {
		struct elfsect_symbol *s = &draft->symbols[i].entry;

		if (ELF64_ST_TYPE(s->info) != STT_SECTION || s->section != index || strcmp(s->name, old) != 0)
			continue;
		s->name = name;
		s->name_offset = NAME_IS_NEW;
	}
	draft_set_name(draft, index, name);
	return 0;
}

int elfsect_plan_rename(const struct elfsect_view *view, const char *from, const char *to, struct elfsect_plan **plan,
			struct elfsect_error *error)
{
	autodraft struct draft *draft = NULL;
	const struct elfsect_section *section, *other;
	int ret;

	ret = draft_open(view, &draft, error);
	if (!ret)
		ret = elfsect_section_find(view, from, &section, error);
	if (ret)
		return ret;
	if (!*to)
		return failure(error, EINVAL, "%s: section %s: a section needs a name", view->name, from);
	if (!strcmp(from, to))
		return draft_finish(draft, plan, error);
	if (elfsect_section_find(view, to, &other, NULL) != -ENOENT)
		return failure(error, EEXIST, "%s: section %s: there is one of this name already", view->name, to);
	ret = rename_section(draft, section->index, to, error);
	return ret ? ret : draft_finish(draft, plan, error);
}
