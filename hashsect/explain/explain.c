// SPDX-License-Identifier: LGPL-2.1-or-later
#include "explain/explain.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "btf/compare.h"
#include "explain/around.h"
#include "explain/atoms.h"
#include "explain/headers.h"
#include "explain/options.h"
#include "explain/sections.h"
#include "explain/settle.h"
#include "explain/symtab.h"

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* ------------------------------------------------------------------------------------------------------------- match
 */

static int by_name(const void *a, const void *b)
{
	const struct elfsect_section *p = *(const struct elfsect_section *const *)a;
	const struct elfsect_section *q = *(const struct elfsect_section *const *)b;
	const int order = strcmp(p->name, q->name);

	return order ? order : p->index < q->index ? -1 : 1;
}

static const struct elfsect_section **sorted_sections(const struct elfsect_view *view, uint32_t *count)
{
	const struct elfsect_section *sections = elfsect_view_sections(view, count);
	const struct elfsect_section **sorted = calloc((size_t)*count + 1, sizeof(*sorted));

	for (uint32_t i = 0; sorted && i < *count; i++)
		sorted[i] = &sections[i];
	if (sorted)
		qsort(sorted, *count, sizeof(*sorted), by_name);
	return sorted;
}

/* Sections of one name in their order. @mates: for each of A that of B, for each of B that of A; or UINT32_MAX. */
static int match_sections(const struct explain_side sides[2], uint32_t *mates[2])
{
	uint32_t counts[2];
	autofree const struct elfsect_section **a = sorted_sections(sides[0].view, &counts[0]);
	autofree const struct elfsect_section **b = sorted_sections(sides[1].view, &counts[1]);

	for (int side = 0; side < 2; side++) {
		mates[side] = malloc(((size_t)counts[side] + 1) * sizeof(uint32_t));
		if (!mates[side])
			return -ENOMEM;
		memset(mates[side], 0xff, ((size_t)counts[side] + 1) * sizeof(uint32_t));
	}
	if (!a || !b)
		return -ENOMEM;
	for (uint32_t i = 0, k = 0; i < counts[0] && k < counts[1];) {
		const int order = strcmp(a[i]->name, b[k]->name);

		if (!order) {
			mates[0][a[i]->index] = b[k]->index;
			mates[1][b[k]->index] = a[i]->index;
		}
		i += order <= 0;
		k += order >= 0;
	}
	return 0;
}

/* ------------------------------------------------------------------------------------------------------- one section
 */

/* All of a section is left out by a rule. */
static const struct explain_range *whole_exclusion(const struct explain_side *side,
						   const struct elfsect_section *section)
{
	for (size_t i = 0; i < side->range_count; i++) {
		const struct explain_range *r = &side->ranges[i];

		if (r->section == section->index && !r->offset && r->length >= section->size)
			return r;
	}
	return NULL;
}

static uint64_t count_differing(const struct section_pair *pair)
{
	const uint64_t a = pair->bytes[0] ? pair->sections[0]->size : 0,
		       b = pair->bytes[1] ? pair->sections[1]->size : 0;
	uint64_t differ = 0;

	if (a != b)
		return larger(a, b);
	for (uint64_t i = 0; i < a; i++)
		differ += pair->bytes[0][i] != pair->bytes[1][i];
	return differ;
}

static bool begins_with_any(const char *name, const char *const *starts)
{
	for (; *starts; starts++)
		if (text_begins(name, *starts))
			return true;
	return false;
}

static bool is_table(const struct explaining *w, const struct elfsect_section *section)
{
	return section->type == SHT_SYMTAB || section->type == SHT_SYMTAB_SHNDX || section->type == SHT_GROUP ||
	       elfsect_section_is_name_table(w->sides[0].view, section);
}

static bool is_relocation_table(const struct elfsect_section *section)
{
	return section->type == SHT_REL || section->type == SHT_RELA || section->type == SHT_RELR;
}

static bool is_strings(const struct elfsect_section *section)
{
	return (section->flags & SHF_STRINGS) || !strcmp(section->name, ".comment") ||
	       !strcmp(section->name, ".modinfo") || text_begins(section->name, ".rodata.str");
}

static int explain_btf(const struct section_pair *pair)
{
	struct btf *sides[2] = {NULL, NULL};
	struct btf_comparison comparison;
	struct explaining *w = pair->work;
	bool same = false;

	if (!btf_parse(pair->bytes[0], pair->sections[0]->size, NULL, "", &sides[0], NULL) &&
	    !btf_parse(pair->bytes[1], pair->sections[1]->size, NULL, "", &sides[1], NULL) &&
	    !btf_compare(sides[0], sides[1], &comparison, NULL)) {
		same = btf_same_types(&comparison);
		w->same_types = !comparison.other.count;
		memcpy(w->typed_functions, comparison.functions, sizeof(w->typed_functions));
	}
	btf_free(sides[0]);
	btf_free(sides[1]);
	if (same)
		return explain_add(pair, EXPLAIN_BTF_ORDER, ".BTF", NULL, NULL, 0, 0, count_differing(pair));
	return explain_follow(pair, FOLLOWS_DEBUG, count_differing(pair));
}

/* Debug information follows from the code, but where a build was does not. */
static int explain_debug(const struct section_pair *pair)
{
	struct explaining *w = pair->work;
	struct explanation strings = {0}, *all = w->result;
	int ret = 0;

	w->debug_differs = true;
	if (!(pair->sections[0]->flags & SHF_STRINGS)) {
		return explain_follow(pair, FOLLOWS_DEBUG, count_differing(pair));
	}
	w->result = &strings;
	ret = explain_strings(pair, 0, pair->sections[0]->size, 0, pair->sections[1]->size);
	w->result = all;
	for (size_t i = 0; i < strings.count && !ret; i++) {
		const struct explain_cause *c = &strings.causes[i];

		if (c->kind == EXPLAIN_BUILD_PATH)
			ret = explain_add(pair, c->kind, c->subject, c->before, c->after, c->offset[0], c->offset[1],
					  c->bytes);
		else
			ret = explain_follow(pair, FOLLOWS_DEBUG, c->bytes);
	}
	explanation_clear(&strings);
	return ret;
}

static const char *const unwind[] = {".eh_frame", ".orc_", ".sframe", ".ARM.ex", NULL};

/* Of a relocatable file what refers to what; elsewhere the file was relocated by them, and they follow from that. */
static int explain_table(const struct section_pair *pair, const uint32_t *mates)
{
	struct explaining *w = pair->work;
	const struct elfsect_section *a = pair->sections[0];
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(w->sides[0].view, &count);
	const struct elfsect_section *others = elfsect_view_sections(w->sides[1].view, &count);
	const struct elfsect_section *p = a->info ? &sections[a->info] : NULL;
	const uint32_t mate = p ? mates[a->info] : UINT32_MAX;

	if (p && text_begins(p->name, ".debug_"))
		return explain_follow(pair, FOLLOWS_DEBUG, count_differing(pair));
	if (p && begins_with_any(p->name, unwind))
		return explain_follow(pair, FOLLOWS_UNWIND, count_differing(pair));
	if (elfsect_is_relocatable(w->sides[0].view) && mate != UINT32_MAX) {
		const struct elfsect_section *q = &others[mate];
		const struct section_pair targets = {
			w,
			{p, q},
			{elfsect_section_bytes(w->sides[0].view, p), elfsect_section_bytes(w->sides[1].view, q)}};

		return explain_relocations(pair, &targets);
	}
	return explain_follow(pair, FOLLOWS_ADDRESS, count_differing(pair));
}

static int explain_content(const struct section_pair *pair, const uint32_t *mates)
{
	const struct elfsect_section *a = pair->sections[0];
	struct explaining *w = pair->work;

	if (!is_table(w, a) && !is_relocation_table(a) && (a->flags & SHF_ALLOC))
		w->resized |= a->size != pair->sections[1]->size;
	if (a->type == SHT_SYMTAB) {
		int ret = explain_symtab(pair);

		return ret ? ret : explain_follow(pair, FOLLOWS_SYMBOLS, count_differing(pair));
	}
	if (is_table(w, a))
		return explain_follow(pair, FOLLOWS_SYMBOLS, count_differing(pair));
	if (is_relocation_table(a))
		return explain_table(pair, mates);
	if (text_begins(a->name, ".debug_"))
		return explain_debug(pair);
	if (!strcmp(a->name, ".BTF"))
		return explain_btf(pair);
	if (begins_with_any(a->name, unwind))
		return explain_follow(pair, FOLLOWS_UNWIND, count_differing(pair));
	return is_strings(a) ? explain_strings(pair, 0, a->size, 0, pair->sections[1]->size) : explain_atoms(pair);
}

static bool same_header(const struct elfsect_section *a, const struct elfsect_section *b)
{
	return a->type == b->type && a->flags == b->flags && a->align == b->align && a->entsize == b->entsize;
}

static int explain_section(struct explaining *w, const struct elfsect_section *a, const struct elfsect_section *b,
			   const uint32_t *mates)
{
	const struct section_pair pair = {
		w, {a, b}, {elfsect_section_bytes(w->sides[0].view, a), elfsect_section_bytes(w->sides[1].view, b)}};
	int ret = 0;

	if (!same_header(a, b))
		ret = explain_add(&pair, EXPLAIN_SECTION_HEADER, a->name, NULL, NULL, 0, 0, 0);
	if (ret || !pair.bytes[0] || !pair.bytes[1])
		return ret ? ret
		       : pair.bytes[0] || pair.bytes[1]
			       ? explain_add(&pair, EXPLAIN_BYTES, a->name, NULL, NULL, 0, 0, larger(a->size, b->size))
			       : 0;
	/* The same numbers may mean other symbols. */
	if (a->size == b->size && !memcmp(pair.bytes[0], pair.bytes[1], a->size) &&
	    !(w->renumbered && is_relocation_table(a) && elfsect_is_relocatable(w->sides[0].view)))
		return 0;
	return explain_content(&pair, mates);
}

/* ---------------------------------------------------------------------------------------------------------- all
 */

static int add_lonely(struct explaining *w, int side, const struct elfsect_section *section)
{
	const struct section_pair pair = {w, {side ? NULL : section, side ? section : NULL}, {NULL, NULL}};
	const struct explain_range *r = whole_exclusion(&w->sides[side], section);

	if (is_relocation_table(section))
		return explain_follow(&pair, FOLLOWS_ADDRESS, section->size);
	w->moved = true;
	return explain_add(&pair,
			   r	  ? EXPLAIN_EXCLUDED
			   : side ? EXPLAIN_SECTION_ADDED
				  : EXPLAIN_SECTION_REMOVED,
			   r ? r->rule : section->name, NULL, NULL, 0, 0,
			   elfsect_section_has_extent(section) ? section->size : 0);
}

/* Loaded sections that both have, and that do not stand in one order. */
static int explain_order(struct explaining *w, const uint32_t *mates)
{
	uint32_t count, ignored, last = 0;
	const struct elfsect_section *a = elfsect_view_sections(w->sides[0].view, &count);
	const struct elfsect_section *b = elfsect_view_sections(w->sides[1].view, &ignored);

	for (uint32_t i = 1; i < count; i++) {
		const struct section_pair pair = {
			w, {&a[i], mates[i] == UINT32_MAX ? NULL : &b[mates[i]]}, {NULL, NULL}};

		if (mates[i] == UINT32_MAX || !(a[i].flags & SHF_ALLOC))
			continue;
		if (mates[i] < last)
			w->moved = true;
		if (mates[i] < last)
			return explain_add(&pair, EXPLAIN_SECTION_MOVED, a[i].name, NULL, NULL, 0, 0, 0);
		last = mates[i];
	}
	return 0;
}

static int explain_all(struct explaining *w, uint32_t *const mates[2])
{
	uint32_t counts[2];
	const struct elfsect_section *a = elfsect_view_sections(w->sides[0].view, &counts[0]);
	const struct elfsect_section *b = elfsect_view_sections(w->sides[1].view, &counts[1]);
	int ret = explain_order(w, mates[0]);

	w->renumbered = symtab_renumbered(w->sides[0].view, w->sides[1].view);
	for (uint32_t i = 1; i < counts[0] && !ret; i++)
		ret = mates[0][i] == UINT32_MAX ? add_lonely(w, 0, &a[i])
						: explain_section(w, &a[i], &b[mates[0][i]], mates[0]);
	for (uint32_t k = 1; k < counts[1] && !ret; k++)
		if (mates[1][k] == UINT32_MAX)
			ret = add_lonely(w, 1, &b[k]);
	return ret ? ret : explain_headers(w);
}

int explain_files(const struct explain_side sides[2], struct explanation *result, struct elfsect_error *error)
{
	struct explaining w = {.sides = sides, .result = result};
	uint32_t *mates[2] = {NULL, NULL};
	int ret;

	*result = (struct explanation){0};
	ret = match_sections(sides, mates);
	for (int side = 0; side < 2 && !ret; side++)
		ret = symbols_read(&sides[side], &w.symbols[side]);
	if (!ret)
		ret = symbols_match(&w.symbols[0], &w.symbols[1], mates[0]);
	if (!ret)
		ret = explain_all(&w, mates) ?: explain_options(&w) ?: explain_around(&w) ?: explain_settle(&w);
	if (!ret)
		causes_sort(result);
	free(w.follows);
	for (int side = 0; side < 2; side++) {
		symbols_clear(&w.symbols[side]);
		lines_close(w.lines[side]);
		free(mates[side]);
	}
	return ret ? failure_errno(error, -ret, "%s", elfsect_view_name(sides[0].view)) : 0;
}
