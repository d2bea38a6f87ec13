/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands around the kernel in a boot image: setup code, the program that decompresses it, a UKI's other sections.
 */
#ifndef HASHSECT_EXPLAIN_AROUND_H
#define HASHSECT_EXPLAIN_AROUND_H

#include "explain/work.h"

/* Pieces of one name that differ, or that one side has alone; each is a cause. 0 or -ENOMEM. */
int explain_around(struct explaining *work);

#endif
