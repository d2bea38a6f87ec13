// SPDX-License-Identifier: LGPL-2.1-or-later
#include "explain/work.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

enum { VALUE_MAX = 120 };

char *explain_value(const uint8_t *bytes, uint64_t size)
{
	const uint64_t shown = size < VALUE_MAX ? size : VALUE_MAX;
	bool printable = size > 0;
	char *value;

	for (uint64_t i = 0; i < size && printable; i++)
		printable = isprint(bytes[i]) || isspace(bytes[i]);
	if (printable)
		return strndup((const char *)bytes, shown);
	value = malloc(2 * 16 + 4);
	if (value) {
		text_hex(bytes, size < 16 ? size : 16, value, 2 * 16 + 1);
		if (size > 16)
			strcat(value, "...");
	}
	return value;
}

/* ------------------------------------------------------------------------------------------------------------ causes
 */

int explain_ask_for_lines(struct explaining *w)
{
	int ret = 0;

	if (w->has_asked)
		return 0;
	w->has_asked = true;
	for (int side = 0; side < 2 && !ret; side++)
		ret = lines_open(&w->sides[side], &w->lines[side]);
	w->result->has_lines = w->lines[0] || w->lines[1];
	return ret;
}

static bool texts_differ(const char *a, const char *b)
{
	return a && b && strcmp(a, b) != 0;
}

/* Code that differs where a compiler was asked for something else is no cause of its own. */
static int add_code(const struct section_pair *pair, const char *subject, const char *before, const char *after,
		    const struct place *place)
{
	struct explaining *w = pair->work;
	struct line lines[2];
	struct explain_cause *cause;
	const int ret = explain_ask_for_lines(w);

	if (ret)
		return ret;
	for (int side = 0; side < 2; side++)
		lines[side] = lines_find(w->lines[side], pair->sections[side], place->offset[side]);
	if (texts_differ(lines[0].options, lines[1].options))
		cause = causes_add(w->result, EXPLAIN_OPTIONS, lines[0].unit ? lines[0].unit : subject,
				   lines[0].options, lines[1].options, place);
	else
		cause = causes_add(w->result, EXPLAIN_FUNCTION, subject, before, after, place);
	if (!cause || cause->file || !lines[0].file)
		return cause ? 0 : -ENOMEM;
	cause->file = strdup(lines[0].file);
	cause->line = lines[0].number;
	return cause->file ? 0 : -ENOMEM;
}

int explain_add(const struct section_pair *pair, enum explain_kind kind, const char *subject, const char *before,
		const char *after, uint64_t offset_a, uint64_t offset_b, uint64_t bytes)
{
	const struct place place = {{pair->sections[0], pair->sections[1]}, {offset_a, offset_b}, bytes};

	if (kind == EXPLAIN_FUNCTION)
		return add_code(pair, subject, before, after, &place);
	if (kind == EXPLAIN_BYTES)
		pair->work->result->unexplained += bytes;
	return causes_add(pair->work->result, kind, subject, before, after, &place) ? 0 : -ENOMEM;
}

int explain_add_at(const struct section_pair *pair, enum explain_kind kind, const struct atom *atom, const char *before,
		   const char *after, uint64_t offset_a, uint64_t offset_b, uint64_t bytes)
{
	autofree char *behind = NULL;

	if (!*atom->name || !atom->is_behind)
		return explain_add(pair, kind, *atom->name ? atom->name : atom->section->name, before, after, offset_a,
				   offset_b, bytes);
	if (asprintf(&behind, "after %s", atom->name) < 0)
		return -ENOMEM;
	return explain_add(pair, kind, behind, before, after, offset_a, offset_b, bytes);
}

static int follow(struct explaining *w, const struct follow *f)
{
	struct follow *last = w->follow_count ? &w->follows[w->follow_count - 1] : NULL;

	if (!f->bytes)
		return 0;
	if (last && last->kind == f->kind && last->sections[0] == f->sections[0] && !last->padding == !f->padding) {
		last->bytes += f->bytes;
		return 0;
	}
	if (w->follow_count == w->follow_room) {
		const size_t room = w->follow_room ? 2 * w->follow_room : 64;
		struct follow *list = reallocarray(w->follows, room, sizeof(*list));

		if (!list)
			return -ENOMEM;
		w->follows = list;
		w->follow_room = room;
	}
	w->follows[w->follow_count++] = *f;
	return 0;
}

int explain_follow(const struct section_pair *pair, enum explain_following kind, uint64_t bytes)
{
	return follow(
		pair->work,
		&(struct follow){.kind = kind, .sections = {pair->sections[0], pair->sections[1]}, .bytes = bytes});
}

int explain_follow_padding(const struct section_pair *pair, const struct atom *p, const struct atom *q, uint64_t bytes)
{
	return follow(pair->work, &(struct follow){.kind = FOLLOWS_PADDING,
						   .sections = {pair->sections[0], pair->sections[1]},
						   .padding = p ? p : q,
						   .offset = {p ? p->offset : 0, q ? q->offset : 0},
						   .bytes = bytes});
}

const struct explain_range *explain_excluded(const struct section_pair *pair, int side, uint64_t from, uint64_t size)
{
	const struct explain_side *s = &pair->work->sides[side];

	for (size_t i = 0; i < s->range_count; i++) {
		const struct explain_range *r = &s->ranges[i];

		if (r->section == pair->sections[side]->index && from < r->offset + r->length &&
		    r->offset < from + size)
			return r;
	}
	return NULL;
}
