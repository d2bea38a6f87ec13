// SPDX-License-Identifier: LGPL-2.1-or-later
/* Whether relocations change bytes of a slot: what is put there would not be what runs. */
#include "draft/draft.h"
#include "kernel/slot.h"
#include "view/relocation_types.h"

static int relocated(const struct elfsect_view *view, const struct elfsect_slot *slot, const struct elfsect_section *r,
		     uint64_t place, struct elfsect_error *error)
{
	return failure(error, EBUSY, "%s: %s: relocations of section %u (%s) apply to its bytes, at 0x%jx", view->name,
		       slot->name, r->index, r->name, (uintmax_t)place);
}

/* The region's place in the terms of relocations: an address, or an offset in the section. */
static uint64_t region_start(const struct elfsect_view *view, const struct elfsect_region *region)
{
	return region->offset + (elfsect_is_relocatable(view) ? 0 : view->sections[region->section].addr);
}

static int check_entries(const struct elfsect_view *view, const struct elfsect_slot *slot,
			 const struct elfsect_region *region, const struct elfsect_section *r,
			 struct elfsect_error *error)
{
	const uint64_t start = region_start(view, region), count = elfsect_relocation_count(view, r);

	for (uint64_t i = 0; i < count; i++) {
		const struct elfsect_relocation one = elfsect_relocation_get(view, r, i);
		const unsigned int width = patched_width(view->header.machine, one.type);

		/* The differences wrap around; a place before the region by less than the width counts as inside. */
		if (one.offset - start < region->size || start - one.offset < width)
			return relocated(view, slot, r, one.offset, error);
	}
	return 0;
}

/*
 * SHT_RELR: words of the target's size. An even one is an address that is relocated; an odd one says with its bits 1, 2
 * ... which of the words that follow the last one are (gABI, chapter "Relocation").
 */
static int check_relr(const struct elfsect_view *view, const struct elfsect_slot *slot,
		      const struct elfsect_region *region, const struct elfsect_section *r, struct elfsect_error *error)
{
	const uint64_t start = region_start(view, region);
	const unsigned int word = elfsect_word_size(view);
	const uint8_t *bytes = elfsect_section_bytes(view, r);
	uint64_t at = 0;

	for (uint64_t i = 0; bytes && i + word <= r->size; i += word) {
		const uint64_t entry = elfsect_load(view, bytes + i, word);

		if (!(entry & 1)) {
			at = entry + word;
			if (entry - start < region->size || start - entry < word)
				return relocated(view, slot, r, entry, error);
			continue;
		}
		for (unsigned int bit = 1; bit < word * 8; bit++) {
			const uint64_t place = at + (uint64_t)(bit - 1) * word;

			if ((entry >> bit & 1) && (place - start < region->size || start - place < word))
				return relocated(view, slot, r, place, error);
		}
		at += (uint64_t)(word * 8 - 1) * word;
	}
	return 0;
}

int slot_check_relocations(const struct elfsect_view *view, const struct elfsect_slot *slot,
			   const struct elfsect_region *region, struct elfsect_error *error)
{
	int ret = 0;

	for (uint32_t i = 1; i < view->header.shnum && !ret; i++) {
		const struct elfsect_section *r = &view->sections[i];

		/* Those for the loader are allocated, and apply to all of the file; the linker's say to which section.
		 */
		if (!region->size || !((r->flags & SHF_ALLOC) || r->info == region->section))
			continue;
		if (is_relocation_type(r->type) && elfsect_section_has_extent(r))
			ret = check_entries(view, slot, region, r, error);
		else if (r->type == SHT_RELR)
			ret = check_relr(view, slot, region, r, error);
	}
	return ret;
}
