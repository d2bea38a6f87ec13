// SPDX-License-Identifier: LGPL-2.1-or-later
#include "view/references.h"

#include "view/relocation_types.h"
#include "view/view.h"

/* ------------------------------------------------------------------------------------------------------- patches */

typedef unsigned int width_function(uint16_t machine, uint32_t type);

enum {
	WIDEST = 16,		/* bytes, of all patches */
	RELEASE_STEP = 4 << 20, /* bytes of a table that are looked at before their pages may go */
};

/* A walk over what one table patches near some bytes. */
struct walk {
	const struct elfsect_view *view;
	const struct elfsect_section *table;
	uint64_t start, size; /* the bytes */
	width_function *width;
	elfsect_patch_visit *visit;
	void *context;
	struct elfsect_error *error;
};

static int malformed(const struct walk *w, const char *what)
{
	return failure(w->error, ENOEXEC, "%s: section %u (%s): %s", w->view->name, w->table->index, w->table->name,
		       what);
}

static bool is_near(const struct walk *w, uint64_t at)
{
	return at >= w->start ? at - w->start < w->size : w->start - at < WIDEST;
}

static int one_patch(const struct walk *w, uint64_t at, unsigned int width)
{
	const struct elfsect_patch patch = {w->table, at, width};

	return is_near(w, at) ? w->visit(&patch, w->context, w->error) : 0;
}

/* The bulk of a kernel's relocations is far from all that is asked for, and is known by its first word. */
static int walk_step(const struct walk *w, const uint8_t *bytes, uint64_t size, uint64_t entsize)
{
	int ret = 0;

	for (const uint8_t *p = bytes, *end = bytes + size; p < end && !ret; p += entsize) {
		struct elfsect_relocation r;

		if (!is_near(w, view_is_64(w->view) ? view_u64(w->view, p) : view_u32(w->view, p)))
			continue;
		r = elfsect_relocation_decode(w->view, w->table, p);
		ret = one_patch(w, r.offset, w->width(w->view->header.machine, r.type));
	}
	return ret;
}

static int walk_entries(const struct walk *w)
{
	const uint64_t entsize = relocation_entsize(w->view, w->table->type);
	const uint64_t step = RELEASE_STEP / entsize * entsize;
	int ret = 0;

	if (w->table->entsize != entsize || w->table->size % entsize)
		return malformed(w, "size or sh_entsize does not fit a relocation table");
	for (uint64_t at = 0; at < w->table->size && !ret; at += step) {
		const uint64_t left = w->table->size - at, size = left < step ? left : step;

		ret = walk_step(w, elfsect_section_bytes(w->view, w->table) + at, size, entsize);
		elfsect_view_release(w->view, w->table->offset + at, size);
	}
	return ret;
}

/*
 * RELR (gABI, chapter "Relocation"): words of the target's size. An even one is the address of a word that is
 * relocated, and sets the base behind that; an odd one is a bitmap of the words from the base on, bit 1 the first, and
 * moves the base by its number of bits less one.
 */
static int walk_relr(const struct walk *w)
{
	const unsigned int word = elfsect_word_size(w->view);
	const uint8_t *bytes = elfsect_section_bytes(w->view, w->table);
	uint64_t base = 0, next;
	bool inside;

	if (w->table->entsize != word || w->table->size % word)
		return malformed(w, "size or sh_entsize does not fit a RELR table");
	for (uint64_t i = 0; i < w->table->size; i += word) {
		const uint64_t entry = elfsect_load(w->view, bytes + i, word);
		int ret = 0;

		if (!i && entry & 1)
			return malformed(w, "a RELR table that begins with a bitmap");
		if (!(entry & 1)) {
			ret = one_patch(w, entry, word);
			inside = add_u64(entry, word, &base);
		} else {
			inside = add_u64(base, (uint64_t)(8 * word - 1) * word, &next);
			for (unsigned int bit = 1; bit < 8 * word && !ret && inside; bit++)
				if (entry >> bit & 1)
					ret = one_patch(w, base + (uint64_t)(bit - 1) * word, word);
			base = next;
		}
		if (ret)
			return ret;
		if (!inside)
			return malformed(w, "an address beyond 2^64");
	}
	return 0;
}

static int walk_table(const struct walk *w)
{
	if (w->table->type == SHT_RELR)
		return walk_relr(w);
	return is_relocation_type(w->table->type) ? walk_entries(w) : 0;
}

int elfsect_patches(const struct elfsect_view *view, const struct elfsect_section *table, uint64_t start, uint64_t size,
		    elfsect_patch_visit *visit, void *context, struct elfsect_error *error)
{
	const struct walk w = {view, table, start, size, elfsect_relocation_width, visit, context, error};

	return walk_table(&w);
}

bool elfsect_patch_touches(const struct elfsect_patch *patch, uint64_t start, uint64_t size)
{
	return patch->at >= start ? patch->at - start < size : start - patch->at < patch->width;
}

/* ---------------------------------------------------------------------------------------------- patches of a region */

struct search {
	uint64_t start, size;
	struct elfsect_patch *found;
};

static int is_inside(const struct elfsect_patch *patch, void *context, struct elfsect_error *error)
{
	const struct search *search = context;

	(void)error;
	if (!elfsect_patch_touches(patch, search->start, search->size))
		return 0;
	*search->found = *patch;
	return 1;
}

/* Tables without a section of their own are the loader's, and so are allocated ones. */
static bool may_apply(const struct elfsect_view *view, const struct elfsect_section *table, uint32_t section)
{
	if (elfsect_is_relocatable(view))
		return (is_relocation_type(table->type) || table->type == ELFSECT_SHT_CREL) && table->info == section;
	return table->type == SHT_RELR || (table->flags & SHF_ALLOC) || !table->info || table->info == section;
}

int region_find_patch(const struct elfsect_view *view, const struct elfsect_region *region, struct elfsect_patch *patch,
		      struct elfsect_error *error)
{
	const uint64_t base = elfsect_is_relocatable(view) ? 0 : view->sections[region->section].addr;
	struct search search = {base + region->offset, region->size, patch};
	struct walk w = {view, NULL, search.start, search.size, relocation_patched_width, is_inside, &search, error};
	int ret = 0;

	for (uint32_t i = 1; region->size && i < view->header.shnum && !ret; i++) {
		w.table = &view->sections[i];
		if (!may_apply(view, w.table, region->section))
			continue;
		ret = w.table->type == ELFSECT_SHT_CREL ? malformed(&w, "compact relocations, which are not read")
							: walk_table(&w);
	}
	return ret;
}

/* -------------------------------------------------------------------------------------------------------- sections */

enum elfsect_naming elfsect_section_names(const struct elfsect_view *view, const struct elfsect_section *section,
					  elfsect_section_test *test, const void *context)
{
	const uint8_t *bytes = elfsect_section_bytes(view, section);

	if (section->link && test(section->link, context))
		return ELFSECT_NAMED_BY_LINK;
	if (elfsect_section_info_is_index(section) && section->info && test(section->info, context))
		return ELFSECT_NAMED_BY_INFO;
	for (uint64_t at = 4; section->type == SHT_GROUP && range_inside(at, 4, section->size); at += 4)
		if (test(view_u32(view, bytes + at), context))
			return ELFSECT_NAMED_AS_MEMBER;
	return ELFSECT_NOT_NAMED;
}

/* --------------------------------------------------------------------------------------------------------- symbols */

int section_symbol_uses(const struct elfsect_view *view, const struct elfsect_section *by, symbol_use_visit *visit,
			void *context, struct elfsect_error *error)
{
	const uint64_t count = elfsect_relocations_are_symbolic(view, by) ? elfsect_relocation_count(view, by) : 0;
	int ret = 0;

	if (by->type == SHT_GROUP) {
		const struct symbol_use use = {by, 0, by->info};

		ret = visit(&use, context, error);
	}
	for (uint64_t i = 0; i < count && !ret; i++) {
		const struct symbol_use use = {by, i, elfsect_relocation_get(view, by, i).symbol};

		ret = visit(&use, context, error);
	}
	return ret;
}
