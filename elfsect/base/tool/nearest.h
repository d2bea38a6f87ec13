/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "did you mean 'digest'?": of known words the one that is nearest to a mistyped one. */
#ifndef ELFSECT_TOOL_NEAREST_H
#define ELFSECT_TOOL_NEAREST_H

#include <stddef.h>

/** struct nearest - the search so far; begin with @word alone; @found: @length letters; NULL: nothing is near enough */
struct nearest {
	const char *word;
	const char *found;
	size_t length;
	size_t distance;
};

/**
 * nearest_offer() - one of the known words, @length letters at @known, which outlives the search
 *
 * Near is: one letter more, less, another or two swapped in a word of up to five letters, two such slips up to nine,
 * three in longer ones; and not every letter another. Of several that are as near the first.
 */
void nearest_offer(struct nearest *nearest, const char *known, size_t length);

/** nearest_question() - "; did you mean 'digest'?" in a static buffer, or ""; @before: what stands before the word:
 * "--" */
const char *nearest_question(const struct nearest *nearest, const char *before);

#endif
