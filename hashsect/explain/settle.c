// SPDX-License-Identifier: LGPL-2.1-or-later
#include "explain/settle.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Whether there is a cause that bytes of a kind can follow from. */
static bool can_follow(const struct explaining *w, enum explain_following kind)
{
	for (size_t i = 0; i < w->result->count && !w->moved; i++) {
		const enum explain_kind cause = w->result->causes[i].kind;

		if (kind == FOLLOWS_SYMBOLS && (cause == EXPLAIN_SYMBOL || cause == EXPLAIN_REFERENCE))
			return true;
		if (kind == FOLLOWS_DEBUG && cause != EXPLAIN_EXCLUDED && cause != EXPLAIN_BUILD_ID &&
		    cause != EXPLAIN_AROUND && cause != EXPLAIN_BYTES)
			return true;
	}
	return w->moved || w->resized;
}

/* Padding follows from what moved, or from another alignment; that a section has another size may follow from it. */
static bool padding_follows(const struct explaining *w)
{
	for (size_t i = 0; i < w->result->count && !w->moved; i++)
		if (w->result->causes[i].kind == EXPLAIN_OPTIONS)
			return true;
	return w->moved;
}

/* One cause a section, with the first place. */
static int settle_padding(struct explaining *w)
{
	int ret = 0;

	if (padding_follows(w))
		return 0;
	for (size_t i = 0; i < w->follow_count && !ret; i++) {
		struct follow *f = &w->follows[i];
		const struct section_pair pair = {w, {f->sections[0], f->sections[1]}, {NULL, NULL}};
		struct atom padding;

		if (!f->padding)
			continue;
		padding = *f->padding;
		padding.is_behind = true; /* a label's code ends before it */
		ret = explain_add_at(&pair, EXPLAIN_PADDING, &padding, NULL, NULL, f->offset[0], f->offset[1],
				     f->bytes);
		f->bytes = 0;
	}
	return ret;
}

/* Replacements of instructions have no symbols. */
static bool follows_layout(const struct explain_cause *c)
{
	switch (c->kind) {
	case EXPLAIN_FUNCTION:
	case EXPLAIN_DATA:
	case EXPLAIN_REFERENCE:
	case EXPLAIN_ENTRIES:
	case EXPLAIN_ORDER:
		return true;
	case EXPLAIN_BYTES:
		return c->section && text_begins(c->section, ".altinstr");
	default:
		return false;
	}
}

/* With another seed structures have another layout, and so has the code that knows of them. */
static void settle_layout(struct explaining *w)
{
	bool reseeded = false;

	for (size_t i = 0; i < w->result->count; i++)
		reseeded |= w->result->causes[i].kind == EXPLAIN_RANDSTRUCT;
	if (!reseeded)
		return;
	w->result->following[FOLLOWS_LAYOUT] = causes_take(w->result, follows_layout);
	w->result->unexplained = 0;
	for (size_t i = 0; i < w->result->count; i++)
		if (w->result->causes[i].kind == EXPLAIN_BYTES)
			w->result->unexplained += w->result->causes[i].bytes;
}

/* What follows from nothing. pahole before 1.29 also chooses by chance which functions have a type. */
static int add_unfounded(struct explaining *w, const struct follow *f)
{
	const struct section_pair pair = {w, {f->sections[0], f->sections[1]}, {NULL, NULL}};
	const char *name = (f->sections[0] ? f->sections[0] : f->sections[1])->name;
	char functions[2][32];

	if (!w->same_types || strcmp(name, ".BTF") != 0)
		return explain_add(&pair, EXPLAIN_BYTES, name, NULL, NULL, 0, 0, f->bytes);
	for (int side = 0; side < 2; side++)
		snprintf(functions[side], sizeof(functions[side]), "%" PRIu32 " functions", w->typed_functions[side]);
	return explain_add(&pair, EXPLAIN_BTF_ORDER, name, functions[0], functions[1], 0, 0, f->bytes);
}

int explain_settle(struct explaining *w)
{
	int ret = settle_padding(w);

	for (size_t i = 0; i < w->follow_count && !ret; i++) {
		const struct follow *f = &w->follows[i];

		if (!f->bytes || can_follow(w, f->kind))
			w->result->following[f->kind] += f->bytes;
		else
			ret = add_unfounded(w, f);
	}
	if (!ret)
		settle_layout(w);
	return ret;
}
