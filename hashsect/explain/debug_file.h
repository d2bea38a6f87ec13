/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A separate file with the symbols and debug information of a stripped one: which of its sections are which. */
#ifndef HASHSECT_EXPLAIN_DEBUG_FILE_H
#define HASHSECT_EXPLAIN_DEBUG_FILE_H

#include "elfsect.h"

/**
 * debug_file_sections() - for each section of @from its number in @to, 0: there is none; the caller frees the list
 *
 * Sections are the same if they are allocated and have one name, size and address, in a relocatable file too; of
 * several such those in the same order. NULL: no memory.
 */
uint32_t *debug_file_sections(const struct elfsect_view *from, const struct elfsect_view *to);

#endif
