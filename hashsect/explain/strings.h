/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Strings that stand in one run of bytes and not in another. */
#ifndef HASHSECT_EXPLAIN_STRINGS_H
#define HASHSECT_EXPLAIN_STRINGS_H

#include <stddef.h>
#include <stdint.h>

#include "elfsect.h"

/* One string, with its zero byte; borrowed. */
struct string {
	const char *text;
	size_t size;
};

/**
 * struct string_difference - strings that the other side does not have, in the order in which they stand
 * @same: all others are the same, whatever their order
 */
struct string_difference {
	struct string *only[2];
	size_t count[2];
};

/**
 * strings_compare() - compare two runs of bytes as strings; strings_clear() afterwards, always
 *
 * Each zero byte ends one. What stands on one side twice and on the other once is there.
 *
 * Return: 0 or -ENOMEM.
 */
ELFSECT_MUST_CHECK int strings_compare(const uint8_t *const bytes[2], const uint64_t sizes[2],
				       struct string_difference *difference);
void strings_clear(struct string_difference *difference);

/** string_is_text() - whether all of it is printable, and it is no empty one */
bool string_is_text(const struct string *string);

/** string_has_seed() - whether it names a seed of the layout of structures, as version magic does: RANDSTRUCT_01... */
bool string_has_seed(const char *text);

/**
 * strings_paths() - whether two strings differ in a path that they begin with or hold: "/a/x.c" and "/b/x.c"
 * @before, @after: receive the parts that differ, copies which the caller frees; NULL: no memory
 */
bool strings_paths(const struct string *a, const struct string *b, char **before, char **after);

#endif
