// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finding slots: places made to receive data. */
#include "kernel/slot.h"

#include "kernel/named_slots.h"
#include "view/check.h"
#include "view/references.h"
#include "view/select.h"
#include "view/system_map.h"
#include "view/view.h"

int slot_check_patches(const struct elfsect_view *view, const char *slot, const struct elfsect_region *region,
		       struct elfsect_error *error)
{
	struct elfsect_patch patch;
	const int ret = region_find_patch(view, region, &patch, error);

	if (ret <= 0)
		return ret;
	return failure(error, EBUSY, "%s: %s: relocations of section %u (%s) apply to its bytes, at 0x%jx", view->name,
		       slot, patch.table->index, patch.table->name, (uintmax_t)patch.at);
}

int slot_check_file(const struct elfsect_view *view, const struct elfsect_system_map *map, struct elfsect_error *error)
{
	const int ret = check_layout(view, error);

	if (ret || !map)
		return ret;
	if (elfsect_is_relocatable(view))
		return failure(error, EINVAL, "%s: a relocatable file has no addresses for a System.map", view->name);
	return system_map_check(map, view, error);
}

int elfsect_slot_find(const struct elfsect_view *view, const struct elfsect_system_map *map,
		      enum elfsect_slot_kind kind, const char *name, struct elfsect_slot *slot,
		      struct elfsect_error *error)
{
	int ret;

	*slot = (struct elfsect_slot){.name = name};
	ret = slot_check_file(view, map, error);
	if (ret)
		return ret;
	switch (kind) {
	case ELFSECT_SLOT_SECTION:
		ret = elfsect_region_of_section(view, name, &slot->region, error);
		break;
	case ELFSECT_SLOT_SYMBOLS:
		ret = region_of_symbols(view, map, name, &slot->region, error);
		break;
	case ELFSECT_SLOT_SYMBOL:
		ret = region_of_symbol(view, map, name, &slot->region, error);
		break;
	case ELFSECT_SLOT_NAMED:
		return slot_find_named(view, map, name, slot, error);
	default:
		return failure(error, EINVAL, "%s: %s: no kind of slot", view->name, name);
	}
	if (ret == -ENOENT)
		slot_hint_target(view, map, name, error);
	return ret;
}
