/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HASHSECT_NUMBERS_IN_BYTES_H
#define HASHSECT_NUMBERS_IN_BYTES_H

#include "digest/numbering.h"

/* Numbers of sections and symbols that stand in bytes must be the canonical ones: FORMAT.md section 8, rule 5. */
int numbers_in_bytes_check(const struct resolution *resolution, const struct numbers *numbers,
			   struct elfsect_error *error);

#endif
