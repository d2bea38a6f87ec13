/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was found in excluded bytes, in a sentence. */
#ifndef HASHSECT_REPORT_FINDING_H
#define HASHSECT_REPORT_FINDING_H

#include "hashsect.h"

/* The sentence, not escaped; the caller frees it. NULL: no memory. */
char *finding_text(const struct hashsect_finding *finding);

#endif
