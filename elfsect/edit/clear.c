// SPDX-License-Identifier: LGPL-2.1-or-later
/* Zeros for a region. */
#include <stdlib.h>

#include "plan/plan.h"
#include "view/check.h"
#include "view/references.h"

static int check_clearable(const struct elfsect_view *view, const struct elfsect_region *region,
			   struct elfsect_error *error)
{
	const struct elfsect_section *s = &view->sections[region->section];
	struct elfsect_patch patch;
	int ret;

	if (s->type != SHT_PROGBITS && s->type != SHT_NOTE)
		return failure(error, EINVAL,
			       "%s: section %u (%s): not a data section: its type has a meaning of its own", view->name,
			       s->index, s->name);
	if (s->flags & (SHF_EXECINSTR | SHF_COMPRESSED | SHF_MERGE))
		return failure(error, EINVAL, "%s: section %u (%s): holds code, or compressed or merged data",
			       view->name, s->index, s->name);
	/* What a linker computes from a REL table's addends would change; a loader's patch comes after the zeros. */
	ret = elfsect_is_relocatable(view) ? region_find_patch(view, region, &patch, error) : 0;
	if (ret > 0)
		return failure(error, EBUSY, "%s: section %u (%s): offset 0x%jx in it is relocated (section %u, %s)",
			       view->name, s->index, s->name, (uintmax_t)patch.at, patch.table->index,
			       patch.table->name);
	return ret;
}

int elfsect_plan_clear(const struct elfsect_view *view, const struct elfsect_region *region, struct elfsect_plan **plan,
		       struct elfsect_error *error)
{
	struct placed zeros = {view->sections[region->section].offset + region->offset, region->size, NULL};
	int ret;

	ret = check_layout(view, error);
	if (!ret)
		ret = check_clearable(view, region, error);
	if (ret)
		return ret;
	zeros.bytes = calloc(1, region->size ? region->size : 1);
	if (!zeros.bytes)
		return failure_errno(error, ENOMEM, "%s", view->name);
	return plan_of_patches(view, &zeros, 1, plan, error);
}
