// SPDX-License-Identifier: LGPL-2.1-or-later
/* The two edits that change no layout: another name, and zeros. */
#include <stdlib.h>

#include "draft/draft.h"
#include "base/cleanup.h"
#include "view/relocation_types.h"

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

/* In a REL file the zeros would become part of what the linker computes, and code is no data. */
static int check_clearable(const struct elfsect_view *view, const struct elfsect_region *region,
			   struct elfsect_error *error)
{
	const struct elfsect_section *s = &view->sections[region->section];

	if (s->type != SHT_PROGBITS && s->type != SHT_NOTE)
		return failure(error, EINVAL,
			       "%s: section %u (%s): not a data section: its type has a meaning of its own", view->name,
			       s->index, s->name);
	if (s->flags & (SHF_EXECINSTR | SHF_COMPRESSED | SHF_MERGE))
		return failure(error, EINVAL, "%s: section %u (%s): holds code, or compressed or merged data",
			       view->name, s->index, s->name);
	for (uint32_t i = 1; elfsect_is_relocatable(view) && i < view->header.shnum; i++) {
		const struct elfsect_section *r = &view->sections[i];
		const uint64_t count =
			is_relocation_type(r->type) && r->info == s->index ? elfsect_relocation_count(view, r) : 0;

		for (uint64_t j = 0; j < count; j++) {
			const struct elfsect_relocation one = elfsect_relocation_get(view, r, j);
			const unsigned int width = patched_width(view->header.machine, one.type);

			if (one.offset < region->offset + region->size && one.offset + width > region->offset)
				return failure(error, EBUSY,
					       "%s: section %u (%s): offset 0x%jx in it is relocated (section %u, %s)",
					       view->name, s->index, s->name, (uintmax_t)one.offset, i, r->name);
		}
	}
	return 0;
}

int elfsect_plan_clear(const struct elfsect_view *view, const struct elfsect_region *region, struct elfsect_plan **plan,
		       struct elfsect_error *error)
{
	const struct elfsect_section *s = &view->sections[region->section];
	struct placed extents[3];
	uint64_t offset, end;
	uint8_t *zeros;
	size_t n = 0;
	int ret;

	ret = elfsect_check(view, ELFSECT_CHECK_RELOCATIONS, error);
	if (!ret)
		ret = check_clearable(view, region, error);
	if (ret)
		return ret;
	offset = s->offset + region->offset;
	end = offset + region->size;
	zeros = calloc(1, region->size ? region->size : 1);
	if (!zeros)
		return failure_errno(error, ENOMEM, "%s", view->name);
	if (region->size) {
		extents[n++] = (struct placed){0, offset, NULL};
		extents[n++] = (struct placed){offset, region->size, zeros};
		extents[n++] = (struct placed){end, view->size - end, NULL};
	} else {
		free(steal(zeros));
		extents[n++] = (struct placed){0, view->size, NULL};
	}
	ret = plan_of_extents(view, extents, n, view->size, plan, error);
	if (ret)
		free(zeros);
	return ret;
}
