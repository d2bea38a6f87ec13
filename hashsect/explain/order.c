// SPDX-License-Identifier: LGPL-2.1-or-later
#include "explain/order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

/* Of Linux, include/linux/init.h: "__initcall__kmod_NAME__COUNTER_LINE_FUNCTION6", and bounds as __initcall6_start. */
static bool is_initcall(const char *name)
{
	return text_begins(name, "__initcall");
}

/* --------------------------------------------------------------------------------------------------------- symbols */

static char *behind(const struct atom *before)
{
	char *text = NULL;

	return asprintf(&text, "behind %s", before->name) < 0 ? NULL : text;
}

/* The symbol in front of one in B. */
static const struct atom *in_front(const struct symbols *s, const struct atom *atom)
{
	const struct atom *first = &s->list[s->first[atom->section->index]];

	while (atom-- > first)
		if (!atom_is_between(atom) && !atom->is_excluded)
			return atom;
	return NULL;
}

static int add_symbol(const struct section_pair *pair, enum explain_kind kind, const struct atom *last,
		      const struct atom *atom)
{
	const struct atom *other = in_front(&pair->work->symbols[1], atom->mate);
	autofree char *before = behind(last), *after = other ? behind(other) : strdup("first of all");

	pair->work->moved = true;
	return before && after ? explain_add(pair, kind, atom->name, before, after, atom->offset, atom->mate->offset, 0)
			       : -ENOMEM;
}

int explain_symbol_order(const struct section_pair *pair, bool *differs)
{
	const struct symbols *a = &pair->work->symbols[0];
	const uint32_t i = pair->sections[0]->index;
	const struct atom *last[2] = {NULL, NULL}; /* of the rest, of initcalls */
	bool found[2] = {false, false};
	int ret = 0;

	for (size_t n = a->first[i]; n < a->first[i + 1] && !ret; n++) {
		const struct atom *atom = &a->list[n];
		const bool kind = is_initcall(atom->name);

		if (!atom->mate || atom_is_between(atom))
			continue;
		if (last[kind] && atom->mate < last[kind]->mate && !found[kind]) {
			found[kind] = true;
			ret = add_symbol(pair, kind ? EXPLAIN_INITCALLS : EXPLAIN_ORDER, last[kind], atom);
		}
		last[kind] = atom;
	}
	*differs = found[0] || found[1];
	return ret;
}

/* ---------------------------------------------------------------------------------------------------------- tables */

/* What an entry means in terms that both files share: an atom of A, and a place in it. */
struct entry {
	const struct atom *atom;
	uint64_t inside;
};

static int by_meaning(const void *a, const void *b)
{
	const struct entry *p = a, *q = b;

	if (p->atom != q->atom)
		return p->atom < q->atom ? -1 : 1;
	return p->inside < q->inside ? -1 : p->inside > q->inside;
}

/* How the entries of a table are read. */
struct form {
	uint64_t width;
	bool is_relative;
};

static bool read_entry(const struct section_pair *pair, int side, uint64_t offset, const struct form *form,
		       struct entry *entry)
{
	const struct elfsect_view *view = pair->work->sides[side].view;
	const struct symbols *s = &pair->work->symbols[side];
	uint64_t value = elfsect_load(view, pair->bytes[side] + offset, (unsigned int)form->width);

	if (form->is_relative)
		value = pair->sections[side]->addr + offset + (uint64_t)(int64_t)(int32_t)value;
	entry->atom = symbols_at_address(s, value, &entry->inside);
	/* Kernels lie at the upper end of the addresses, as numbers of 32 bits too. */
	if (!entry->atom && form->width == 4)
		entry->atom = symbols_at_address(s, (uint64_t)(int64_t)(int32_t)value, &entry->inside);
	if (entry->atom && side)
		entry->atom = entry->atom->mate;
	return entry->atom;
}

/* Whether the two have the same entries. @lists: of both sides. */
static bool same_entries(const struct section_pair *pair, const struct atom *const atoms[2], const struct form *form,
			 struct entry *const lists[2])
{
	const uint64_t count = atoms[0]->size / form->width;

	for (int side = 0; side < 2; side++) {
		for (uint64_t i = 0; i < count; i++)
			if (!read_entry(pair, side, atoms[side]->offset + i * form->width, form, &lists[side][i]))
				return false;
		qsort(lists[side], count, sizeof(struct entry), by_meaning);
	}
	return !memcmp(lists[0], lists[1], count * sizeof(struct entry));
}

static uint64_t count_differing(const uint8_t *x, const uint8_t *y, uint64_t size)
{
	uint64_t differ = 0;

	for (uint64_t i = 0; i < size; i++)
		differ += x[i] != y[i];
	return differ;
}

/* The same entries in the same order are addresses of what moved. */
static bool is_in_order(const struct section_pair *pair, const struct atom *const atoms[2], const struct form *form)
{
	for (uint64_t at = 0; at < atoms[0]->size; at += form->width) {
		struct entry p, q;

		if (!read_entry(pair, 0, atoms[0]->offset + at, form, &p) ||
		    !read_entry(pair, 1, atoms[1]->offset + at, form, &q) || by_meaning(&p, &q) != 0)
			return false;
	}
	return true;
}

int explain_entry_order(const struct section_pair *pair, const struct atom *p, const struct atom *q, bool *is_one)
{
	static const struct form forms[] = {{8, false}, {4, true}, {4, false}};
	const struct elfsect_view *view = pair->work->sides[0].view;
	const struct atom *const atoms[2] = {p, q};
	autofree struct entry *a = NULL;
	autofree struct entry *b = NULL;

	*is_one = false;
	if (p->is_function || p->size != q->size || p->size < 8 || elfsect_is_relocatable(view))
		return 0;
	a = calloc(p->size / 4, sizeof(*a));
	b = calloc(p->size / 4, sizeof(*b));
	if (!a || !b)
		return -ENOMEM;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]) && !*is_one; i++)
		*is_one = !(p->size % forms[i].width) && p->size > forms[i].width &&
			  same_entries(pair, atoms, &forms[i], (struct entry *const[]){a, b}) &&
			  !is_in_order(pair, atoms, &forms[i]);
	if (!*is_one)
		return 0;
	return explain_add_at(pair, is_initcall(p->name) ? EXPLAIN_INITCALLS : EXPLAIN_ENTRIES, p, NULL, NULL,
			      p->offset, q->offset,
			      count_differing(pair->bytes[0] + p->offset, pair->bytes[1] + q->offset, p->size));
}
