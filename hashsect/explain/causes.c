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

static size_t hash_text(size_t hash, const char *text)
{
	for (; text && *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3;
	return (hash ^ !text) * 0x100000001b3;
}

static size_t hash_of(enum explain_kind kind, const char *subject, const char *before, const char *after)
{
	return hash_text(hash_text(hash_text((size_t)kind, subject), before), after);
}

/* Where a cause is in the index, or where it would be: 1 more than its number, or 0. */
static size_t *slot_of(const struct explanation *e, enum explain_kind kind, const char *subject, const char *before,
		       const char *after)
{
	size_t at = hash_of(kind, subject, before, after);

	for (;; at++) {
		size_t *slot = &e->index[at & (e->index_size - 1)];
		const struct explain_cause *c = *slot ? &e->causes[*slot - 1] : NULL;

		if (!c || (c->kind == kind && !strcmp(c->subject, subject) && texts_equal(c->before, before) &&
			   texts_equal(c->after, after)))
			return slot;
	}
}

/* Twice as much room, with the index at most half full. */
static bool grow(struct explanation *e)
{
	const size_t room = e->count ? 2 * e->count : 64;
	struct explain_cause *causes = reallocarray(e->causes, room, sizeof(*causes));
	size_t *index = calloc(2 * room, sizeof(*index));

	if (causes)
		e->causes = causes;
	if (!causes || !index) {
		free(index);
		return false;
	}
	free(e->index);
	e->index = index;
	e->index_size = 2 * room;
	for (size_t i = 0; i < e->count; i++) {
		const struct explain_cause *c = &e->causes[i];

		*slot_of(e, c->kind, c->subject, c->before, c->after) = i + 1;
	}
	return true;
}

bool causes_have(const struct explanation *e, enum explain_kind kind, const char *subject)
{
	return e->index && *slot_of(e, kind, subject, NULL, NULL);
}

struct explain_cause *causes_add(struct explanation *e, enum explain_kind kind, const char *subject, const char *before,
				 const char *after, const struct place *place)
{
	const struct elfsect_section *section = place->sections[0] ? place->sections[0] : place->sections[1];
	struct explain_cause *c;
	size_t *slot;

	if (2 * (e->count + 1) > e->index_size && !grow(e))
		return NULL;
	slot = slot_of(e, kind, subject, before, after);
	if (!*slot) {
		c = &e->causes[e->count];
		*c = (struct explain_cause){.kind = kind,
					    .subject = strdup(subject),
					    .before = copy(before),
					    .after = copy(after),
					    .section = section ? strdup(section->name) : NULL,
					    .offset = {place->offset[0], place->offset[1]}};
		if (!c->subject || (before && !c->before) || (after && !c->after) || (section && !c->section)) {
			e->count++; /* to be released */
			return NULL;
		}
		*slot = ++e->count;
	}
	c = &e->causes[*slot - 1];
	c->bytes += place->bytes;
	c->places++;
	return c;
}

static void clear(struct explain_cause *c)
{
	free(c->subject);
	free(c->section);
	free(c->before);
	free(c->after);
	free(c->file);
}

uint64_t causes_take(struct explanation *e, bool (*follows)(const struct explain_cause *cause))
{
	uint64_t bytes = 0;
	size_t kept = 0;

	for (size_t i = 0; i < e->count; i++) {
		if (!follows(&e->causes[i])) {
			e->causes[kept++] = e->causes[i];
			continue;
		}
		bytes += e->causes[i].bytes;
		clear(&e->causes[i]);
	}
	e->count = kept;
	return bytes;
}

/* What most of the others follow from comes first, what nobody needs to look into last. */
static int rank(const struct explain_cause *c)
{
	if (c->kind == EXPLAIN_RANDSTRUCT)
		return 0;
	return c->kind == EXPLAIN_BUILD_ID || (c->kind == EXPLAIN_EXCLUDED && !strcmp(c->subject, "build-id")) ? 2 : 1;
}

static int by_size(const void *a, const void *b)
{
	const struct explain_cause *p = a, *q = b;

	if (rank(p) != rank(q))
		return rank(p) < rank(q) ? -1 : 1;
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
	for (size_t i = 0; i < e->count; i++)
		clear(&e->causes[i]);
	free(e->causes);
	free(e->index);
	*e = (struct explanation){0};
}
