// SPDX-License-Identifier: LGPL-2.1-or-later
#include "explain/settle.h"

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

int explain_settle(struct explaining *w)
{
	int ret = settle_padding(w);

	for (size_t i = 0; i < w->follow_count && !ret; i++) {
		const struct follow *f = &w->follows[i];
		const struct section_pair pair = {w, {f->sections[0], f->sections[1]}, {NULL, NULL}};

		if (!f->bytes || can_follow(w, f->kind))
			w->result->following[f->kind] += f->bytes;
		else
			ret = explain_add(&pair, EXPLAIN_BYTES,
					  (f->sections[0] ? f->sections[0] : f->sections[1])->name, NULL, NULL, 0, 0,
					  f->bytes);
	}
	return ret;
}
