/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was found in excluded bytes, in a sentence. */
#ifndef HASHSECT_REPORT_FINDING_H
#define HASHSECT_REPORT_FINDING_H

#include <stdbool.h>

#include "hashsect.h"

/* The sentence, not escaped; the caller frees it. NULL: no memory. */
char *finding_text(const struct hashsect_finding *finding);

/*
 * What these bytes are in a sum of all that an exclusion leaves out, and how many they are; NULL: no bytes. Pieces of
 * one name stand together in a sum.
 */
const char *finding_piece(const struct hashsect_finding *finding, uint64_t *size);

/* Whether a piece of such a name is room that nothing is in. */
bool finding_piece_is_room(const char *piece);

#endif
