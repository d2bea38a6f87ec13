// SPDX-License-Identifier: LGPL-2.1-or-later
#include "explain/addresses.h"

#include "base/bytes.h"

static uint64_t extended(const struct elfsect_view *view, const uint8_t *bytes)
{
	return (uint64_t)(int64_t)(int32_t)elfsect_load(view, bytes, 4);
}

/*
 * Whether the word at these offsets is an address in each file, absolute or relative to its own place, of what is the
 * same in both. @width: 4 or 8
 */
static bool is_moved_word(const struct section_pair *pair, uint64_t at_a, uint64_t at_b, unsigned int width)
{
	const struct explaining *w = pair->work;
	const uint8_t *p = pair->bytes[0] + at_a, *q = pair->bytes[1] + at_b;
	const struct elfsect_view *a = w->sides[0].view, *b = w->sides[1].view;
	const uint64_t from_a = pair->sections[0]->addr + at_a, from_b = pair->sections[1]->addr + at_b;

	if (width == 8)
		return symbols_moved(&w->symbols[0], elfsect_load(a, p, 8), &w->symbols[1], elfsect_load(b, q, 8),
				     true);
	/* Almost any bytes are a small distance. */
	return symbols_moved(&w->symbols[0], from_a + 4 + extended(a, p), &w->symbols[1], from_b + 4 + extended(b, q),
			     false) ||
	       symbols_moved(&w->symbols[0], from_a + extended(a, p), &w->symbols[1], from_b + extended(b, q), false) ||
	       symbols_moved(&w->symbols[0], extended(a, p), &w->symbols[1], extended(b, q), true) ||
	       symbols_moved(&w->symbols[0], elfsect_load(a, p, 4), &w->symbols[1], elfsect_load(b, q, 4), true);
}

uint64_t address_moved(const struct section_pair *pair, const struct atom *p, const struct atom *q, uint64_t at)
{
	static const unsigned int widths[] = {8, 4};

	if (elfsect_is_relocatable(pair->work->sides[0].view))
		return 0;
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		for (unsigned int back = 0; back < widths[i] && back <= at; back++) {
			const uint64_t start = at - back;

			if (range_inside(start, widths[i], p->size) &&
			    is_moved_word(pair, p->offset + start, q->offset + start, widths[i]))
				return start + widths[i];
		}
	}
	return 0;
}
