// SPDX-License-Identifier: LGPL-2.1-or-later
#include "explain/sections.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

/* ---------------------------------------------------------------------------------------------------------- strings
 */

static enum explain_kind kind_of(const struct section_pair *pair, const char *text)
{
	if (text_begins(text, "Linux version "))
		return EXPLAIN_VERSION;
	if (!strcmp(pair->sections[0]->name, ".comment"))
		return EXPLAIN_COMPILER;
	if (string_has_seed(text))
		return EXPLAIN_RANDSTRUCT;
	return EXPLAIN_STRING;
}

int explain_path(const struct section_pair *pair, const struct string strings[2], const uint64_t at[2], uint64_t bytes,
		 bool *is_one)
{
	char *path[2] = {NULL, NULL};
	int ret = 0;

	*is_one = strings_paths(&strings[0], &strings[1], &path[0], &path[1]);
	if (*is_one)
		ret = path[0] && path[1]
			      ? explain_add(pair, EXPLAIN_BUILD_PATH, "path", path[0], path[1], at[0], at[1], bytes)
			      : -ENOMEM;
	free(path[0]);
	free(path[1]);
	return ret;
}

/* One string that became another; either may be missing. */
static int add_pair(const struct section_pair *pair, const struct string *x, const struct string *y)
{
	const uint64_t at[2] = {x ? (uint64_t)((const uint8_t *)x->text - pair->bytes[0]) : 0,
				y ? (uint64_t)((const uint8_t *)y->text - pair->bytes[1]) : 0};
	const struct string *either = x ? x : y;
	const uint64_t bytes = x && y && y->size > x->size ? y->size : either->size;
	autofree char *before = NULL, *after = NULL;
	bool is_path = false;
	const struct explain_range *range = x ? explain_excluded(pair, 0, at[0], x->size) : NULL;
	int ret;

	pair->work->moved |= !x || !y || x->size != y->size;
	if (range && range->offset <= at[0] && at[0] + x->size <= range->offset + range->length)
		return explain_add(pair, EXPLAIN_EXCLUDED, range->rule, NULL, NULL, at[0], at[1], bytes);
	if (!string_is_text(either))
		return explain_add(pair, EXPLAIN_BYTES, pair->sections[0]->name, NULL, NULL, at[0], at[1], bytes);
	ret = x && y ? explain_path(pair, (const struct string[]){*x, *y}, at, bytes, &is_path) : 0;
	if (ret || is_path)
		return ret;
	before = x ? explain_value((const uint8_t *)x->text, x->size - 1) : NULL;
	after = y ? explain_value((const uint8_t *)y->text, y->size - 1) : NULL;
	if ((x && !before) || (y && !after))
		return -ENOMEM;
	return explain_add(pair, kind_of(pair, either->text), pair->sections[0]->name, before, after, at[0], at[1],
			   bytes);
}

int explain_strings(const struct section_pair *pair, uint64_t from_a, uint64_t size_a, uint64_t from_b, uint64_t size_b)
{
	const uint8_t *const bytes[2] = {pair->bytes[0] + from_a, pair->bytes[1] + from_b};
	const uint64_t sizes[2] = {size_a, size_b};
	struct string_difference d;
	int ret = strings_compare(bytes, sizes, &d);

	for (size_t i = 0; !ret && (i < d.count[0] || i < d.count[1]); i++)
		ret = add_pair(pair, i < d.count[0] ? &d.only[0][i] : NULL, i < d.count[1] ? &d.only[1][i] : NULL);
	/* The same strings in other places. */
	if (!ret && !d.count[0] && !d.count[1])
		ret = explain_follow(pair, FOLLOWS_PADDING, size_a > size_b ? size_a : size_b);
	strings_clear(&d);
	return ret;
}

/* ------------------------------------------------------------------------------------------------------ relocations
 */

/* What a relocation refers to, in terms that do not depend on numbers and places. */
struct target {
	struct elfsect_symbol symbol;
	int64_t addend;
	bool is_section;
	const struct atom *atom; /* where it is defined */
	uint64_t inside;
};

struct reference {
	uint64_t offset;
	uint32_t type;
	uint32_t symbol;
	int64_t addend;
};

static int by_offset(const void *a, const void *b)
{
	const struct reference *p = a, *q = b;

	return p->offset < q->offset ? -1 : p->offset > q->offset;
}

static struct reference *references_of(const struct elfsect_view *view, const struct elfsect_section *table,
				       uint64_t *count)
{
	struct reference *list;

	*count = elfsect_relocation_count(view, table);
	list = calloc(*count + 1, sizeof(*list));
	for (uint64_t i = 0; list && i < *count; i++) {
		const struct elfsect_relocation r = elfsect_relocation_get(view, table, i);

		list[i] = (struct reference){r.offset, r.type, r.symbol, r.addend};
	}
	if (list)
		qsort(list, *count, sizeof(*list), by_offset);
	return list;
}

static struct target target_of(const struct symbols *s, const struct reference *r)
{
	struct target t = {.addend = r->addend};
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(s->view, &count);
	int64_t at = r->addend;

	if (r->symbol >= elfsect_symbol_count(s->view))
		return t;
	t.symbol = elfsect_symbol_get(s->view, r->symbol);
	if (!elfsect_symbol_is_defined(&t.symbol) || t.symbol.section >= count)
		return t;
	t.is_section = ELF64_ST_TYPE(t.symbol.info) == STT_SECTION;
	if (t.is_section)
		t.symbol.name = sections[t.symbol.section].name;
	else
		at = 0; /* which of several symbols of one name it is */
	/* Code refers to 4 bytes in front of what it means, mostly. */
	at += (int64_t)t.symbol.value + (at < 0 ? 4 : 0);
	t.atom = symbols_at(s, t.symbol.section, (uint64_t)at);
	if (t.atom)
		t.inside = (uint64_t)at - t.atom->offset;
	return t;
}

/* Strings at two places of sections that hold such: the same text, and some. */
static bool same_text(const struct explaining *w, const struct target *a, const struct target *b)
{
	const uint8_t *x = elfsect_section_bytes(w->sides[0].view, a->atom->section);
	const uint8_t *y = elfsect_section_bytes(w->sides[1].view, b->atom->section);

	if (!x || !y || !(a->atom->section->flags & b->atom->section->flags & SHF_STRINGS))
		return false;
	/* The place itself, or behind the 4 bytes of the instruction's word. */
	for (int64_t more = 0; more <= 4; more += 4) {
		const uint64_t p = (uint64_t)(a->addend + more), q = (uint64_t)(b->addend + more);
		const uint64_t left_a = p < a->atom->section->size ? a->atom->section->size - p : 0;
		const uint64_t left_b = q < b->atom->section->size ? b->atom->section->size - q : 0;
		const uint64_t least = left_a < left_b ? left_a : left_b;
		const uint64_t length = strnlen((const char *)x + p, least);

		if (length && length < least && !memcmp(x + p, y + q, length + 1))
			return true;
	}
	return false;
}

static bool is_global(const struct elfsect_symbol *symbol)
{
	return ELF64_ST_BIND(symbol->info) != STB_LOCAL;
}

static bool same_target(const struct explaining *w, const struct reference *p, const struct reference *q)
{
	const struct target a = target_of(&w->symbols[0], p), b = target_of(&w->symbols[1], q);

	if (p->type != q->type || !a.symbol.name || !b.symbol.name || strcmp(a.symbol.name, b.symbol.name) != 0)
		return false;
	/* A name that all files know is one symbol, wherever it moved to. */
	if (!a.is_section && (!a.atom || !b.atom || (is_global(&a.symbol) && is_global(&b.symbol))))
		return a.addend == b.addend &&
		       elfsect_symbol_is_defined(&a.symbol) == elfsect_symbol_is_defined(&b.symbol);
	if (!a.atom || !b.atom)
		return a.addend == b.addend && !a.atom == !b.atom;
	if (a.atom->mate == b.atom && a.inside == b.inside &&
	    (!a.is_section || !a.atom->is_gap || a.addend == b.addend))
		return a.is_section || a.addend == b.addend;
	return a.is_section && b.is_section && same_text(w, &a, &b);
}

static char *target_text(const struct target *t)
{
	char *text;

	return asprintf(&text, "%s%+jd", t->symbol.name ? t->symbol.name : "?", (intmax_t)t->addend) < 0 ? NULL : text;
}

/* A string that changed moves what refers to it: that is no cause of its own. */
static bool refers_to_strings(const struct target *t)
{
	return t->atom && (t->atom->section->flags & SHF_STRINGS);
}

static int add_reference(const struct section_pair *targets, const struct atom *atom, const struct reference *p,
			 const struct reference *q, uint64_t entry)
{
	const struct explaining *w = targets->work;
	const struct target a = target_of(&w->symbols[0], p), b = target_of(&w->symbols[1], q);
	autofree char *before = target_text(&a), *after = target_text(&b);

	if (!before || !after)
		return -ENOMEM;
	if (refers_to_strings(&a) && refers_to_strings(&b))
		return explain_follow(targets, FOLLOWS_ADDRESS, entry);
	return explain_add_at(targets, EXPLAIN_REFERENCE, atom, before, after, p->offset, q->offset, entry);
}

static bool same_bytes(const struct section_pair *pair, const struct atom *p, const struct atom *q)
{
	return p->size == q->size && pair->bytes[0] && pair->bytes[1] &&
	       !memcmp(pair->bytes[0] + p->offset, pair->bytes[1] + q->offset, p->size);
}

static char *count_text(uint64_t count)
{
	char *text;

	return asprintf(&text, "%ju relocations", (uintmax_t)count) < 0 ? NULL : text;
}

/* Code that differs may have others; the same code has the same. */
static int compare_counts(const struct section_pair *targets, const struct atom *atom, uint64_t p_count,
			  uint64_t q_count, uint64_t entry)
{
	const uint64_t bytes = entry * (p_count > q_count ? p_count : q_count);
	autofree char *before = count_text(p_count), *after = count_text(q_count);

	if (!same_bytes(targets, atom, atom->mate))
		return explain_follow(targets, FOLLOWS_ADDRESS, bytes);
	if (!before || !after)
		return -ENOMEM;
	return explain_add_at(targets, EXPLAIN_REFERENCE, atom, before, after, atom->offset, atom->mate->offset, bytes);
}

/* Of two atoms that match: what differs in the code itself is said elsewhere. */
static int compare_references(const struct section_pair *targets, const struct atom *atom, const struct reference *p,
			      uint64_t p_count, const struct reference *q, uint64_t q_count, uint64_t entry)
{
	const struct explaining *w = targets->work;
	uint64_t moved = 0;
	int ret = 0;

	if (p_count != q_count || atom->size != atom->mate->size)
		return p_count == q_count && !p_count ? 0 : compare_counts(targets, atom, p_count, q_count, entry);
	for (uint64_t i = 0; i < p_count && !ret; i++) {
		const bool same_place = p[i].offset - atom->offset == q[i].offset - atom->mate->offset;

		if (!same_target(w, &p[i], &q[i]) || (!same_place && same_bytes(targets, atom, atom->mate)))
			ret = add_reference(targets, atom, &p[i], &q[i], entry);
		else if (p[i].offset != q[i].offset || p[i].addend != q[i].addend)
			moved += entry;
	}
	return ret ? ret : explain_follow(targets, FOLLOWS_ADDRESS, moved);
}

static uint64_t skip_to(const struct reference *list, uint64_t count, uint64_t at, uint64_t offset)
{
	while (at < count && list[at].offset < offset)
		at++;
	return at;
}

static uint64_t first_at(const struct reference *list, uint64_t count, uint64_t offset)
{
	uint64_t low = 0, high = count;

	while (low < high) {
		const uint64_t middle = low + (high - low) / 2;

		if (list[middle].offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int explain_relocations(const struct section_pair *tables, const struct section_pair *targets)
{
	const struct explaining *w = tables->work;
	const struct symbols *a = &w->symbols[0];
	const uint32_t section = targets->sections[0]->index;
	const uint64_t entry = tables->sections[0]->entsize;
	uint64_t p_count, q_count;
	autofree struct reference *p = references_of(w->sides[0].view, tables->sections[0], &p_count);
	autofree struct reference *q = references_of(w->sides[1].view, tables->sections[1], &q_count);
	int ret = p && q ? 0 : -ENOMEM;

	for (size_t n = a->first[section]; n < a->first[section + 1] && !ret; n++) {
		const struct atom *atom = &a->list[n];
		uint64_t p_from, p_to, q_from, q_to;

		if (!atom->mate)
			continue;
		p_from = first_at(p, p_count, atom->offset);
		p_to = skip_to(p, p_count, p_from, atom->offset + atom->size);
		q_from = first_at(q, q_count, atom->mate->offset);
		q_to = skip_to(q, q_count, q_from, atom->mate->offset + atom->mate->size);
		ret = compare_references(targets, atom, p + p_from, p_to - p_from, q + q_from, q_to - q_from, entry);
	}
	return ret;
}
