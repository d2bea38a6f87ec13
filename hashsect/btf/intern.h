/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rows of words as numbers: equal rows, and no others, have the same number. Rows are compared as they are; a hash only
 * finds them, and it is keyed, so that no file can be made to have many rows in one place.
 */
#ifndef HASHSECT_BTF_INTERN_H
#define HASHSECT_BTF_INTERN_H

#include <stddef.h>
#include <stdint.h>

struct intern;

/** intern_new() - an empty set; NULL: no memory. intern_free() afterwards */
struct intern *intern_new(void);

void intern_free(struct intern *s);

/** intern_clear() - forget all rows */
void intern_clear(struct intern *s);

/** intern_row() - the number of a row of @count words, counted from 0 in the order of first appearance; -ENOMEM */
int64_t intern_row(struct intern *s, const uint32_t *row, size_t count);

/** intern_count() - how many there are */
uint32_t intern_count(const struct intern *s);

#endif
