// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
	struct arena_block *next;
	size_t size, used;
	alignas(max_align_t) unsigned char bytes[];
};

/* The first is small, since most files have little to say and there may be thousands; each next one twice as large. */
enum { BLOCK_FIRST = 1 << 10, BLOCK_MOST = 1 << 16 };

void *arena_take(struct arena *arena, size_t count, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct arena_block *block = arena->blocks;
	size_t wanted;
	void *piece;

	if (__builtin_mul_overflow(count, size, &wanted) || wanted > SIZE_MAX / 2) {
		arena->failed = true;
		return NULL;
	}
	wanted = (wanted + align - 1) / align * align;
	if (!block || block->size - block->used < wanted) {
		const size_t next = !block ? BLOCK_FIRST : block->size < BLOCK_MOST ? 2 * block->size : BLOCK_MOST;
		const size_t room = wanted > next ? wanted : next;

		block = calloc(1, sizeof(*block) + room);
		if (!block) {
			arena->failed = true;
			return NULL;
		}
		*block = (struct arena_block){.next = arena->blocks, .size = room};
		arena->blocks = block;
	}
	piece = block->bytes + block->used;
	block->used += wanted;
	return piece;
}

char *arena_string(struct arena *arena, const char *text)
{
	const size_t size = strlen(text) + 1;
	char *copy = arena_take(arena, 1, size);

	return copy ? memcpy(copy, text, size) : NULL;
}

void arena_clear(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *block = arena->blocks;

		arena->blocks = block->next;
		free(block);
	}
}
