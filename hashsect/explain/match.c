// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "explain/symbols.h"

static int sort_of(const struct atom *atom)
{
	return atom->is_excluded ? 2 : atom->is_gap ? 1 : 0;
}

static int by_name(const void *a, const void *b)
{
	const struct atom *p = *(const struct atom *const *)a, *q = *(const struct atom *const *)b;
	const int order = strcmp(p->name, q->name);

	if (order)
		return order;
	if (sort_of(p) != sort_of(q))
		return sort_of(p) - sort_of(q);
	return p < q ? -1 : 1;
}

static struct atom **sorted_by_name(struct symbols *s, size_t first, size_t end)
{
	struct atom **sorted = calloc(end - first + 1, sizeof(struct atom *));

	for (size_t i = first; sorted && i < end; i++)
		sorted[i - first] = &s->list[i];
	if (sorted)
		qsort(sorted, end - first, sizeof(struct atom *), by_name);
	return sorted;
}

/* Whether two atoms have one name and are of one sort; else which comes first. */
static int compare_names(const struct atom *p, const struct atom *q)
{
	return strcmp(p->name, q->name) ?: sort_of(p) - sort_of(q);
}

static void pair_up(struct atom *p, struct atom *q)
{
	p->mate = q;
	q->mate = p;
}

static bool same_content(const struct symbols *a, const struct atom *p, const struct symbols *b, const struct atom *q)
{
	const uint8_t *x = elfsect_section_bytes(a->view, p->section), *y = elfsect_section_bytes(b->view, q->section);

	return p->size == q->size && x && y && !memcmp(x + p->offset, y + q->offset, p->size);
}

/* Several of one name, as static functions: first those that are the same, then in order. */
static void match_twins(const struct symbols *a, struct atom **p, size_t p_count, const struct symbols *b,
			struct atom **q, size_t q_count)
{
	enum { LOOK_AHEAD = 64 };
	size_t k = 0;

	for (size_t i = 0; i < p_count && p_count + q_count > 2; i++) {
		for (k = i < LOOK_AHEAD ? 0 : i - LOOK_AHEAD; k < q_count && k < i + LOOK_AHEAD; k++) {
			if (q[k]->mate || !same_content(a, p[i], b, q[k]))
				continue;
			pair_up(p[i], q[k]);
			break;
		}
	}
	k = 0;
	for (size_t i = 0; i < p_count; i++) {
		while (k < q_count && q[k]->mate)
			k++;
		if (!p[i]->mate && k < q_count)
			pair_up(p[i], q[k]);
	}
}

static size_t count_twins(struct atom *const *list, size_t count)
{
	size_t same = 1;

	while (same < count && !compare_names(list[0], list[same]))
		same++;
	return same;
}

/* Atoms of one name in two sections. */
static int match_section(struct symbols *a, uint32_t i, struct symbols *b, uint32_t k)
{
	const size_t p_count = a->first[i + 1] - a->first[i], q_count = b->first[k + 1] - b->first[k];
	autofree struct atom **p = sorted_by_name(a, a->first[i], a->first[i + 1]);
	autofree struct atom **q = sorted_by_name(b, b->first[k], b->first[k + 1]);

	if (!p || !q)
		return -ENOMEM;
	for (size_t x = 0, y = 0; x < p_count && y < q_count;) {
		const int order = compare_names(p[x], q[y]);
		const size_t p_twins = order <= 0 ? count_twins(p + x, p_count - x) : 0;
		const size_t q_twins = order >= 0 ? count_twins(q + y, q_count - y) : 0;

		if (!order)
			match_twins(a, p + x, p_twins, b, q + y, q_twins);
		x += p_twins;
		y += q_twins;
	}
	return 0;
}

int symbols_match(struct symbols *a, struct symbols *b, const uint32_t *mates)
{
	uint32_t count;
	int ret = 0;

	(void)elfsect_view_sections(a->view, &count);
	for (uint32_t i = 0; i < count && !ret; i++)
		if (mates[i] != UINT32_MAX)
			ret = match_section(a, i, b, mates[i]);
	return ret;
}
