/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* At the end, when all causes are known: which bytes follow from them. */
#ifndef HASHSECT_EXPLAIN_SETTLE_H
#define HASHSECT_EXPLAIN_SETTLE_H

#include "explain/work.h"

/** explain_settle() - count what follows from causes; what follows from none is not explained; 0 or -ENOMEM */
int explain_settle(struct explaining *work);

#endif
