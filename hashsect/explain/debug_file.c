// SPDX-License-Identifier: LGPL-2.1-or-later
#include "explain/debug_file.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

static bool is_same(const struct elfsect_section *a, const struct elfsect_section *b)
{
	return (b->flags & SHF_ALLOC) && a->addr == b->addr && a->size == b->size && !strcmp(a->name, b->name);
}

uint32_t *debug_file_sections(const struct elfsect_view *from, const struct elfsect_view *to)
{
	uint32_t counts[2], next = 1;
	const struct elfsect_section *a = elfsect_view_sections(from, &counts[0]);
	const struct elfsect_section *b = elfsect_view_sections(to, &counts[1]);
	uint32_t *list = calloc((size_t)counts[0] + 1, sizeof(*list));

	for (uint32_t i = 1; list && i < counts[0]; i++) {
		uint32_t k = next;

		if (!(a[i].flags & SHF_ALLOC))
			continue;
		/* Both have them in one order, so that this ends at once where they belong together. */
		while (k < counts[1] && !is_same(&a[i], &b[k]))
			k++;
		if (k == counts[1])
			continue;
		list[i] = k;
		next = k + 1;
	}
	return list;
}
