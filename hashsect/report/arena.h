/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory for what lives and dies together: many small pieces, released at once. */
#ifndef HASHSECT_REPORT_ARENA_H
#define HASHSECT_REPORT_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena_block;

/** struct arena - all zero is an empty one; @failed: memory was missing at least once */
struct arena {
	struct arena_block *blocks;
	bool failed;
};

/** arena_take() - @count pieces of @size bytes, zero, aligned for anything; NULL: no memory */
void *arena_take(struct arena *arena, size_t count, size_t size);

/** arena_string() - a copy of a string; NULL: no memory */
char *arena_string(struct arena *arena, const char *text);

void arena_clear(struct arena *arena);

#endif
