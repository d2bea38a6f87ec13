/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sections that are no code and no data with symbols: strings, and relocations of relocatable files. */
#ifndef HASHSECT_EXPLAIN_SECTIONS_H
#define HASHSECT_EXPLAIN_SECTIONS_H

#include "explain/strings.h"
#include "explain/work.h"

/** explain_strings() - parts of a pair of sections, as strings; offsets and sizes in bytes; 0 or -ENOMEM */
int explain_strings(const struct section_pair *pair, uint64_t from_a, uint64_t size_a, uint64_t from_b,
		    uint64_t size_b);

/**
 * explain_path() - a path of the build in two strings, which makes them no cause of their own
 * @at: their offsets in the sections; @bytes: that differ
 * @is_one: whether they differ in one
 *
 * Return: 0 or -ENOMEM.
 */
int explain_path(const struct section_pair *pair, const struct string strings[2], const uint64_t at[2], uint64_t bytes,
		 bool *is_one);

/** explain_relocations() - the relocations of a relocatable file that apply to a pair of sections; 0 or -ENOMEM */
int explain_relocations(const struct section_pair *tables, const struct section_pair *targets);

#endif
