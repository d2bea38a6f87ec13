// SPDX-License-Identifier: LGPL-2.1-or-later
#include "explain/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* By the last part, then as they stood. */
static int by_last_part(const void *a, const void *b)
{
	const struct compiled *p = *(const struct compiled *const *)a, *q = *(const struct compiled *const *)b;
	const int order = strcmp(last_part(p->unit), last_part(q->unit));

	return order ? order : p < q ? -1 : 1;
}

static int by_name(const void *a, const void *b)
{
	const struct compiled *p = *(const struct compiled *const *)a, *q = *(const struct compiled *const *)b;
	const int order = strcmp(p->unit, q->unit);

	return order ? order : p < q ? -1 : 1;
}

static int same_name(const struct compiled *p, const struct compiled *q)
{
	return strcmp(p->unit, q->unit);
}

static int same_last_part(const struct compiled *p, const struct compiled *q)
{
	return strcmp(last_part(p->unit), last_part(q->unit));
}

/* Units of one side that have found no other one yet. */
struct lonely {
	const struct compiled **list;
	size_t count;
};

static int add(struct explaining *w, const struct compiled *p, const struct compiled *q)
{
	const struct section_pair nowhere = {.work = w};

	if (!strcmp(p->options, q->options))
		return 0;
	return explain_add(&nowhere, EXPLAIN_OPTIONS, p->unit, p->options, q->options, 0, 0, 0);
}

static size_t same_until(const struct lonely *l, size_t from,
			 int (*compare)(const struct compiled *, const struct compiled *))
{
	size_t to = from + 1;

	while (to < l->count && !compare(l->list[from], l->list[to]))
		to++;
	return to;
}

/* Match those that are the same by this order, as many as both sides have of them; the others stay. */
static int match(struct explaining *w, struct lonely sides[2], int (*order)(const void *, const void *),
		 int (*compare)(const struct compiled *, const struct compiled *))
{
	struct lonely *a = &sides[0], *b = &sides[1];
	size_t a_left = 0, b_left = 0, i = 0, k = 0;
	int ret = 0;

	qsort(a->list, a->count, sizeof(*a->list), order);
	qsort(b->list, b->count, sizeof(*b->list), order);
	while (!ret && (i < a->count || k < b->count)) {
		const int which = i == a->count ? 1 : k == b->count ? -1 : compare(a->list[i], b->list[k]);
		const size_t i_end = which <= 0 ? same_until(a, i, compare) : i;
		const size_t k_end = which >= 0 ? same_until(b, k, compare) : k;
		const bool do_match = i_end - i == k_end - k;

		while (i < i_end && do_match && !ret)
			ret = add(w, a->list[i++], b->list[k++]);
		while (i < i_end)
			a->list[a_left++] = a->list[i++];
		while (k < k_end)
			b->list[b_left++] = b->list[k++];
	}
	a->count = a_left;
	b->count = b_left;
	return ret;
}

int explain_options(struct explaining *w)
{
	struct compiled *all[2] = {NULL, NULL};
	struct lonely sides[2] = {{NULL, 0}, {NULL, 0}};
	int ret = 0;

	if (!w->debug_differs)
		return 0;
	ret = explain_ask_for_lines(w);
	for (int side = 0; side < 2 && !ret; side++) {
		ret = lines_compiled(w->lines[side], &all[side], &sides[side].count);
		if (ret)
			break;
		sides[side].list = calloc(sides[side].count + 1, sizeof(*sides[side].list));
		ret = sides[side].list ? 0 : -ENOMEM;
		for (size_t i = 0; i < sides[side].count && !ret; i++)
			sides[side].list[i] = &all[side][i];
	}
	ret = ret ?: match(w, sides, by_name, same_name) ?: match(w, sides, by_last_part, same_last_part);
	for (int side = 0; side < 2; side++) {
		free(sides[side].list);
		free(all[side]);
	}
	return ret;
}
