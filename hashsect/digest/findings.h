/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of what was found in excluded bytes. */
#ifndef HASHSECT_FINDINGS_H
#define HASHSECT_FINDINGS_H

#include "hashsect.h"

struct findings {
	struct hashsect_finding *list; /* owned, with what they point to */
	size_t count;
};

/* Add one; certificate and symbols, if there are any, are the list's from now on, or freed. Returns 0 or -ENOMEM. */
int findings_add(struct findings *findings, struct hashsect_finding finding);
void findings_clear(struct findings *findings);

#endif
