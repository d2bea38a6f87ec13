// SPDX-License-Identifier: LGPL-2.1-or-later
#include "digest/pool.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"

int hashsect_workers_open(unsigned int threads, struct hashsect_workers **out, struct elfsect_error *error)
{
	struct hashsect_workers *workers = malloc(sizeof(*workers));

	if (!workers || workers_open(threads, &workers->workers)) {
		free(workers);
		return failure_errno(error, ENOMEM, "workers");
	}
	*out = workers;
	return 0;
}

void hashsect_workers_close(struct hashsect_workers *workers)
{
	if (!workers)
		return;
	workers_close(workers->workers);
	free(workers);
}

int pool_enter(const struct hashsect_workers *given, unsigned int threads, struct pool *pool)
{
	*pool = (struct pool){.workers = given ? given->workers : NULL, .is_own = !given};
	return given ? 0 : workers_open(threads, &pool->workers);
}

void pool_leave(struct pool *pool)
{
	if (pool->is_own)
		workers_close(pool->workers);
}
