// SPDX-License-Identifier: LGPL-2.1-or-later
/* No relocation may patch masked bytes, and nothing may lead a loader to them: FORMAT.md section 8, rules 4 and 6 to 8.
 */
#include "digest/surroundings.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "digest/notes.h"

struct guard {
	const struct resolution *r;
	const struct elfsect_section *sections;
	const struct note_sections *notes;
	struct elfsect_error *error;
	enum hashsect_scope scope;
};

/* Does a patch touch a mask? In a relocatable file it is one of the section that the table names. */
static int check_patch(const struct elfsect_patch *patch, void *context, struct elfsect_error *error)
{
	const struct guard *g = context;
	const uint32_t target = elfsect_is_relocatable(g->r->view) ? patch->table->info : 0;

	for (size_t i = 0; i < g->r->policy->rule_count; i++) {
		const struct exclusion *e = &g->r->exclusions[i];

		for (size_t m = 0; m < e->mask_count; m++) {
			const struct mask *mask = &e->masks[m];
			const uint64_t start = mask->offset + (target ? 0 : g->sections[mask->section].addr);

			if ((target && target != mask->section) || !elfsect_patch_touches(patch, start, mask->length))
				continue;
			return failure(error, EBADMSG,
				       "%s: section %u (%s): a relocation at 0x%jx patches bytes that rule %s excludes",
				       elfsect_view_name(g->r->view), patch->table->index, patch->table->name,
				       (uintmax_t)patch->at, e->rule->name);
		}
	}
	return 0;
}

/* ----------------------------------------------------------------------------------------- other ways to the bytes */

static int refuse_way(const struct guard *g, const struct exclusion *e, const char *what, struct elfsect_error *error)
{
	return failure(error, EBADMSG, "%s: %s lies in bytes that rule %s excludes", elfsect_view_name(g->r->view),
		       what, e->rule->name);
}

/* The entry point, as a virtual address or as the physical one that it stands for (x86 kernels). */
static bool entry_is_in(const struct guard *g, uint64_t address, uint64_t length)
{
	const uint64_t entry = elfsect_view_header(g->r->view)->entry;
	uint32_t count;
	const struct elfsect_segment *p = elfsect_view_segments(g->r->view, &count);
	bool inside = entry - address < length;

	for (uint32_t i = 0; i < count; i++)
		if (p[i].type == PT_LOAD)
			inside |= entry - (address - p[i].vaddr + p[i].paddr) < length;
	return inside;
}

/* The address in memory of a mask is that of one segment, so that it is these bytes that are there. */
static int check_memory(const struct guard *g, const struct exclusion *e, const struct mask *mask)
{
	const uint64_t start = g->sections[mask->section].addr + mask->offset;
	uint32_t count;
	const struct elfsect_segment *p = elfsect_view_segments(g->r->view, &count);
	unsigned int found = 0;

	for (uint32_t i = 0; i < count; i++)
		found += p[i].type == PT_LOAD && p[i].memsz && start < p[i].vaddr + p[i].memsz &&
			 p[i].vaddr < start + mask->length;
	if (found == 1)
		return 0;
	return failure(
		g->error, EBADMSG, "%s: section %u (%s): %u PT_LOADs have the addresses of bytes that rule %s excludes",
		elfsect_view_name(g->r->view), mask->section, g->sections[mask->section].name, found, e->rule->name);
}

static int check_segments_and_mask(const struct guard *g, const struct exclusion *e, const struct mask *mask)
{
	uint32_t count;
	const struct elfsect_segment *p = elfsect_view_segments(g->r->view, &count);
	const uint64_t start = g->sections[mask->section].offset + mask->offset;

	for (uint32_t i = 0; i < count; i++) {
		if (p[i].type == PT_LOAD || p[i].type == PT_GNU_RELRO || !p[i].filesz)
			continue;
		if (start < p[i].offset + p[i].filesz && p[i].offset < start + mask->length &&
		    !note_segment_is_plain(g->notes, &p[i]))
			return refuse_way(g, e, "a segment that is no PT_NOTE with the form of its sections", g->error);
	}
	return 0;
}

static int check_symbols_and_mask(const struct guard *g, const struct exclusion *e, const struct mask *mask)
{
	for (uint32_t i = 1; i < elfsect_symbol_count(g->r->view); i++) {
		const struct elfsect_symbol s = elfsect_symbol_get(g->r->view, i);

		if (s.section == mask->section && symbol_position(g->r->view, &s) - mask->offset < mask->length)
			return refuse_way(g, e, "a symbol", g->error);
	}
	/* Without a symbol table these are all that is known. */
	for (size_t i = 0; i < g->r->known.count; i++) {
		const struct elfsect_symbol *s = &g->r->known.list[i].symbol;

		if (g->r->known.list[i].defined && s->section == mask->section &&
		    symbol_position(g->r->view, s) - mask->offset < mask->length)
			return refuse_way(g, e, "a symbol", g->error);
	}
	return 0;
}

static int check_ways_in(const struct guard *g)
{
	int ret = 0;

	for (size_t i = 0; i < g->r->policy->rule_count; i++) {
		const struct exclusion *e = &g->r->exclusions[i];

		for (size_t m = 0; m < e->mask_count && !ret; m++) {
			const struct mask *mask = &e->masks[m];

			if (entry_is_in(g, g->sections[mask->section].addr + mask->offset, mask->length))
				return refuse_way(g, e, "the entry point", g->error);
			ret = check_memory(g, e, mask) ?: check_segments_and_mask(g, e, mask);
			if (!ret && content_allows(e->rule->content, MATCH_NOTE))
				ret = check_symbols_and_mask(g, e, mask);
		}
	}
	return ret;
}

static bool has_mask(const struct resolution *r, uint32_t section)
{
	for (size_t i = 0; i < r->policy->rule_count; i++)
		for (size_t m = 0; m < r->exclusions[i].mask_count; m++)
			if (r->exclusions[i].masks[m].section == section)
				return true;
	return false;
}

/* FORMAT.md section 8, item 4: the tables that count. */
static bool is_asked(const struct guard *g, const struct elfsect_section *s)
{
	if (s->type != SHT_REL && s->type != SHT_RELA && s->type != SHT_RELR && s->type != ELFSECT_SHT_CREL)
		return false;
	if (elfsect_is_relocatable(g->r->view))
		return s->type != SHT_RELR && has_mask(g->r, s->info);
	if (s->type == SHT_RELR || (s->flags & SHF_ALLOC))
		return true;
	return g->scope == HASHSECT_SCOPE_FILE && (!s->info || (g->sections[s->info].flags & SHF_ALLOC));
}

/* All masks, or those in one section, and what lies between them: most relocations are far away. */
static void hull_of_masks(const struct guard *g, uint32_t section, uint64_t *start, uint64_t *size)
{
	uint64_t last = 0;

	*start = UINT64_MAX;
	for (size_t i = 0; i < g->r->policy->rule_count; i++)
		for (size_t m = 0; m < g->r->exclusions[i].mask_count; m++) {
			const struct mask *mask = &g->r->exclusions[i].masks[m];
			const uint64_t from = mask->offset + (section ? 0 : g->sections[mask->section].addr);

			if ((section && section != mask->section) || !mask->length)
				continue;
			*start = from < *start ? from : *start;
			last = from + mask->length - 1 > last ? from + mask->length - 1 : last;
		}
	*size = *start <= last ? last - *start + 1 : 0;
}

static int check_table(const struct guard *g, const struct elfsect_section *s)
{
	uint64_t start, size;

	if (s->type == ELFSECT_SHT_CREL)
		return failure(g->error, EBADMSG,
			       "%s: section %u (%s): compact relocations, which are not read, may patch bytes that the "
			       "policy excludes",
			       elfsect_view_name(g->r->view), s->index, s->name);
	hull_of_masks(g, elfsect_is_relocatable(g->r->view) ? s->info : 0, &start, &size);
	return elfsect_patches(g->r->view, s, start, size, check_patch, (void *)(uintptr_t)g, g->error);
}

/* Masked notes have one reading, that of the digest. */
static int check_notes(const struct guard *g)
{
	int ret = 0;

	for (size_t i = 0; i < g->r->policy->rule_count; i++) {
		const struct exclusion *e = &g->r->exclusions[i];
		const bool noted = content_allows(e->rule->content, MATCH_NOTE);

		for (size_t m = 0; m < e->mask_count && !ret; m++)
			if (g->sections[e->masks[m].section].type == SHT_NOTE)
				ret = notes_have_one_reading(g->r->view, &g->sections[e->masks[m].section], noted,
							     g->error);
	}
	return ret;
}

static int check_all(const struct guard *g, uint32_t section_count)
{
	int ret = 0;

	for (uint32_t i = 1; i < section_count && !ret; i++)
		if (is_asked(g, &g->sections[i]))
			ret = check_table(g, &g->sections[i]);
	if (!ret)
		ret = check_notes(g);
	return ret || elfsect_is_relocatable(g->r->view) ? ret : check_ways_in(g);
}

int surroundings_check(const struct resolution *r, enum hashsect_scope scope, struct elfsect_error *error)
{
	struct note_sections notes;
	uint32_t count;
	struct guard g = {
		.r = r,
		.sections = elfsect_view_sections(r->view, &count),
		.notes = &notes,
		.error = error,
		.scope = scope,
	};
	int ret;

	if (!r->mask_count)
		return 0;
	if (note_sections_list(r->view, &notes))
		return failure_errno(error, ENOMEM, "%s: notes", elfsect_view_name(r->view));
	ret = check_all(&g, count);
	free(notes.list);
	return ret;
}
