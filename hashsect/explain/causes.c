// SPDX-License-Identifier: LGPL-2.1-or-later
#include "explain/causes.h"

#include <stdlib.h>
#include <string.h>

static bool texts_equal(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

static struct explain_cause *find(struct explanation *e, enum explain_kind kind, const char *subject,
				  const char *before, const char *after)
{
	/* Places of one cause mostly follow each other. */
	for (size_t i = e->count; i-- > 0;) {
		struct explain_cause *c = &e->causes[i];

		if (c->kind == kind && !strcmp(c->subject, subject) && texts_equal(c->before, before) &&
		    texts_equal(c->after, after))
			return c;
	}
	return NULL;
}

struct explain_cause *causes_add(struct explanation *e, enum explain_kind kind, const char *subject, const char *before,
				 const char *after, const struct place *place)
{
	struct explain_cause *c = find(e, kind, subject, before, after), *list;
	const struct elfsect_section *section = place->sections[0] ? place->sections[0] : place->sections[1];

	if (!c) {
		/* Doubled at powers of two. */
		if (!(e->count & (e->count - 1))) {
			list = reallocarray(e->causes, e->count ? 2 * e->count : 1, sizeof(*list));
			if (!list)
				return NULL;
			e->causes = list;
		}
		c = &e->causes[e->count];
		*c = (struct explain_cause){.kind = kind,
					    .subject = strdup(subject),
					    .before = copy(before),
					    .after = copy(after),
					    .section = section ? strdup(section->name) : NULL,
					    .offset = {place->offset[0], place->offset[1]}};
		e->count++;
		if (!c->subject || (before && !c->before) || (after && !c->after) || (section && !c->section))
			return NULL;
	}
	c->bytes += place->bytes;
	c->places++;
	return c;
}

static int by_size(const void *a, const void *b)
{
	const struct explain_cause *p = a, *q = b;

	if (p->bytes != q->bytes)
		return p->bytes > q->bytes ? -1 : 1;
	if (p->kind != q->kind)
		return p->kind < q->kind ? -1 : 1;
	return strcmp(p->subject, q->subject);
}

void causes_sort(struct explanation *e)
{
	if (e->count)
		qsort(e->causes, e->count, sizeof(*e->causes), by_size);
}

void explanation_clear(struct explanation *e)
{
	for (size_t i = 0; i < e->count; i++) {
		free(e->causes[i].subject);
		free(e->causes[i].section);
		free(e->causes[i].before);
		free(e->causes[i].after);
		free(e->causes[i].file);
	}
	free(e->causes);
	*e = (struct explanation){0};
}
