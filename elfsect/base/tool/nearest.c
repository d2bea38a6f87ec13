// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/tool/nearest.h"

#include <stdio.h>
#include <string.h>

enum { WORD_MAX = 40 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Letters put in, left out, changed, or two swapped (optimal string alignment); both words have at most WORD_MAX. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t rows[3][WORD_MAX + 1];
	size_t *before = rows[0], *last = rows[1], *row = rows[2];

	for (size_t k = 0; k <= b_length; k++)
		last[k] = k;
	for (size_t i = 1; i <= a_length; i++) {
		size_t *oldest = before;

		row[0] = i;
		for (size_t k = 1; k <= b_length; k++) {
			row[k] = least(least(last[k], row[k - 1]) + 1, last[k - 1] + (a[i - 1] != b[k - 1]));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
				row[k] = least(row[k], before[k - 2] + 1);
		}
		before = last;
		last = row;
		row = oldest;
	}
	return last[b_length];
}

static size_t slips_allowed(size_t length)
{
	return length <= 5 ? 1 : length <= 9 ? 2 : 3;
}

void nearest_offer(struct nearest *n, const char *known, size_t length)
{
	const size_t typed = strlen(n->word);
	size_t found;

	if (!typed || typed > WORD_MAX || length > WORD_MAX)
		return;
	found = distance(n->word, typed, known, length);
	if (found > slips_allowed(typed) || found >= length || (n->found && found >= n->distance))
		return;
	n->found = known;
	n->length = length;
	n->distance = found;
}

const char *nearest_question(const struct nearest *n, const char *before)
{
	static char question[2 * WORD_MAX + 32];

	*question = '\0';
	if (n->found)
		snprintf(question, sizeof(question), "; did you mean '%s%.*s'?", before, (int)n->length, n->found);
	return question;
}
