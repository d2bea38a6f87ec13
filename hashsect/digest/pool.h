/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose threads a call of the library uses: those that its caller gave, or its own. */
#ifndef HASHSECT_POOL_H
#define HASHSECT_POOL_H

#include <stdbool.h>

#include "base/workers.h"
#include "hashsect.h"

struct hashsect_workers {
	struct workers *workers;
};

struct pool {
	struct workers *workers;
	bool is_own;
};

/* Use the threads that were given or, for NULL, a pool of `threads` threads until pool_leave(). Returns 0 or -ENOMEM.
 */
int pool_enter(const struct hashsect_workers *given, unsigned int threads, struct pool *pool);
void pool_leave(struct pool *pool);

#endif
