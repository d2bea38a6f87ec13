// SPDX-License-Identifier: LGPL-2.1-or-later
/* Another name for a section. */
#include "draft/draft.h"

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
	if (section->type == SHT_SYMTAB_SHNDX || section->index == view->header.shstrndx ||
	    section->index == view->symtab || elfsect_section_is_name_table(view, section))
		return failure(error, EINVAL, "%s: section %u (%s): symbol and string tables keep their names",
			       view->name, section->index, from);
	ret = draft_rename(draft, section->index, to, error);
	return ret ? ret : draft_finish(draft, plan, error);
}
