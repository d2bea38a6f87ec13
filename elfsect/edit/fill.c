// SPDX-License-Identifier: LGPL-2.1-or-later
/* Filling a slot: data, zeros behind it, length words. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "kernel/named_slots.h"
#include "kernel/slot.h"
#include "plan/plan.h"
#include "view/check.h"

/* ------------------------------------------------------------------------------------------------------- target */

static int refuse(const struct elfsect_view *view, const struct elfsect_slot *slot, const struct elfsect_section *s,
		  const char *reason, struct elfsect_error *error)
{
	return failure(error, EINVAL, "%s: %s: section %u (%s) %s", view->name, slot->name, s->index, s->name, reason);
}

/* check_layout() has proved that the segments load what the sections describe. */
static int check_region(const struct elfsect_view *view, const struct elfsect_slot *slot,
			const struct elfsect_region *region, struct elfsect_error *error)
{
	const struct elfsect_section *s = &view->sections[region->section];

	if (s->type == SHT_NOBITS)
		return refuse(view, slot, s, "has no bytes in the file (SHT_NOBITS)", error);
	if (s->type != SHT_PROGBITS && s->type != SHT_NOTE)
		return refuse(view, slot, s, "is not a data section: its type has a meaning of its own", error);
	if (s->flags & SHF_EXECINSTR)
		return refuse(view, slot, s, "holds executable code", error);
	if (s->flags & (SHF_COMPRESSED | SHF_TLS | SHF_MERGE))
		return refuse(view, slot, s, "holds compressed, merged or thread-local data", error);
	if (!range_inside(region->offset, region->size, s->size))
		return refuse(view, slot, s, "does not hold all of it", error);
	return slot_check_patches(view, slot->name, region, error);
}

/* -------------------------------------------------------------------------------------------------------- fill */

static int check_size(const struct elfsect_view *view, const struct elfsect_slot *slot, uint64_t size,
		      struct elfsect_error *error)
{
	const char *section = view->sections[slot->region.section].name;
	const char *hint = slot_hint(slot->name, size > slot->region.size ? SLOT_TOO_SMALL : SLOT_TOO_LARGE);

	if (slot->exact ? size == slot->region.size : size <= slot->region.size)
		return 0;
	return failure(error, ENOSPC, "%s: %s (in %s): %ju bytes are available%s, %ju are needed%s%s", view->name,
		       slot->name, section, (uintmax_t)slot->region.size, slot->exact ? " and have to be filled" : "",
		       (uintmax_t)size, hint ? "; " : "", hint ? hint : "");
}

/* New bytes for a region: a copy of head, then zeros. */
static uint8_t *padded(const uint8_t *head, uint64_t size, uint64_t room)
{
	uint8_t *bytes = calloc(1, room ? room : 1);

	if (bytes && size)
		memcpy(bytes, head, size);
	return bytes;
}

/* list_size += new - old, used = new. That the old words make sense was checked when the slot was found. */
static void put_words(const struct elfsect_view *view, const struct elfsect_slot *slot, uint64_t size, uint8_t *used,
		      uint8_t *list_size)
{
	const uint8_t data = view->header.data;
	const uint64_t old = elfsect_load(view, elfsect_region_bytes(view, &slot->used), 4);
	const uint64_t list =
		elfsect_load(view, elfsect_region_bytes(view, &slot->list_size), elfsect_word_size(view)) + size - old;

	store_u32(used, data, (uint32_t)size);
	if (view_is_64(view))
		store_u64(list_size, data, list);
	else
		store_u32(list_size, data, (uint32_t)list);
}

static struct placed patch(const struct elfsect_view *view, const struct elfsect_region *region, uint8_t *bytes)
{
	return (struct placed){view->sections[region->section].offset + region->offset, region->size, bytes};
}

int elfsect_plan_fill(const struct elfsect_view *view, const struct elfsect_slot *slot, const uint8_t *data,
		      uint64_t size, struct elfsect_plan **plan, struct elfsect_error *error)
{
	autofree uint8_t *content = NULL, *used = NULL, *list_size = NULL;
	struct placed patches[3];
	size_t count = 1;
	int ret;

	ret = check_layout(view, error);
	if (!ret)
		ret = check_region(view, slot, &slot->region, error);
	if (!ret && slot->has_words)
		ret = check_region(view, slot, &slot->used, error);
	if (!ret && slot->has_words)
		ret = check_region(view, slot, &slot->list_size, error);
	if (!ret)
		ret = check_size(view, slot, size, error);
	if (ret)
		return ret;
	content = padded(data, size, slot->region.size);
	used = padded(NULL, 0, 8);
	list_size = padded(NULL, 0, 8);
	if (!content || !used || !list_size)
		return failure_errno(error, ENOMEM, "%s: %s", view->name, slot->name);
	patches[0] = patch(view, &slot->region, steal(content));
	if (slot->has_words) {
		put_words(view, slot, size, used, list_size);
		patches[1] = patch(view, &slot->used, steal(used));
		patches[2] = patch(view, &slot->list_size, steal(list_size));
		count = 3;
	}
	return plan_of_patches(view, patches, count, plan, error);
}
