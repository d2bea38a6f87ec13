// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What Linux' module loader could take for something else. It picks sections by their names alone (.altinstructions,
 * .return_sites, ...), whatever their types and flags are, and reads sh_size bytes at sh_offset. So sections whose
 * bytes are not what counts of them have the names that assemblers and linkers give them, and none without bytes has
 * a size, unless it is allocated. Rule 14.
 */
#include "view/check_relocatable.h"

#include "base/text.h"

static bool is_named_for_its_type(const struct elfsect_view *view, const struct elfsect_section *s)
{
	if (s->type == SHT_SYMTAB)
		return !strcmp(s->name, ".symtab");
	if (s->type == SHT_GROUP)
		return !strcmp(s->name, ".group");
	if (elfsect_section_is_name_table(view, s))
		return !strcmp(s->name, ".strtab") || !strcmp(s->name, ".shstrtab");
	if (elfsect_relocations_are_symbolic(view, s))
		return text_begins(s->name, ".rel") || text_begins(s->name, ".klp.rel");
	return true;
}

int check_relocatable(const struct elfsect_view *view, struct elfsect_error *error)
{
	for (uint32_t i = 1; view->header.type == ET_REL && i < view->header.shnum; i++) {
		const struct elfsect_section *s = &view->sections[i];

		if (!is_named_for_its_type(view, s))
			return section_failure(
				view, s, ENOEXEC,
				"a symbol, string or relocation table or a group, but not named like one", error);
		if (s->type == SHT_NOBITS && s->size && !(s->flags & SHF_ALLOC))
			return section_failure(view, s, ENOEXEC, "without bytes, not allocated, but with a size",
					       error);
	}
	return 0;
}
