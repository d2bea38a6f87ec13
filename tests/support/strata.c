// SPDX-License-Identifier: GPL-2.0-or-later
#include <elf.h>
#include <stdlib.h>

#include "elf_builder_internal.h"
#include "strata.h"

const char *const stratum_names[STRATA] = {"ELF header",    "section headers", "program headers", "symbols",
					   "string tables", "relocations",     "notes",		  "groups",
					   "gaps",	    "content"};

static void add(struct strata *strata, enum stratum stratum, uint64_t offset, uint64_t size, uint32_t section)
{
	size_t *count = &strata->count[stratum];

	if (!size)
		return;
	strata->ranges[stratum] = grow(strata->ranges[stratum], *count, sizeof(*strata->ranges[stratum]));
	strata->ranges[stratum][(*count)++] = (struct stratum_range){offset, size, section};
	strata->bytes[stratum] += size;
}

static enum stratum stratum_of(const struct elfsect_view *view, const struct elfsect_section *s)
{
	if (s->type == SHT_SYMTAB || s->type == SHT_SYMTAB_SHNDX)
		return STRATUM_SYMBOLS;
	if (elfsect_section_is_name_table(view, s))
		return STRATUM_STRINGS;
	if (elfsect_relocations_are_symbolic(view, s))
		return STRATUM_RELOCATIONS;
	if (s->type == SHT_NOTE)
		return STRATUM_NOTES;
	return s->type == SHT_GROUP ? STRATUM_GROUPS : STRATUM_CONTENT;
}

static int by_offset(const void *a, const void *b)
{
	const struct stratum_range *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* What lies between everything else. */
static void add_gaps(struct strata *strata, uint64_t file_size)
{
	struct stratum_range *all;
	size_t n = 0, total = 0;
	uint64_t end = 0;

	for (int i = 0; i < STRATA; i++)
		total += strata->count[i];
	all = must(calloc(total + 1, sizeof(*all)));
	for (int i = 0; i < STRATA; i++)
		for (size_t j = 0; j < strata->count[i]; j++)
			all[n++] = strata->ranges[i][j];
	qsort(all, n, sizeof(*all), by_offset);
	for (size_t i = 0; i < n; i++) {
		add(strata, STRATUM_GAPS, end, all[i].offset - end, 0);
		end = all[i].offset + all[i].size;
	}
	add(strata, STRATUM_GAPS, end, file_size - end, 0);
	free(all);
}

void strata_make(const struct elfsect_view *view, struct strata *strata)
{
	const struct elfsect_header *h = elfsect_view_header(view);
	const struct elfsect_section *s;
	uint64_t file_size;
	uint32_t count;

	*strata = (struct strata){0};
	elfsect_view_bytes(view, &file_size);
	s = elfsect_view_sections(view, &count);
	add(strata, STRATUM_ELF_HEADER, 0, h->ehsize, 0);
	add(strata, STRATUM_PROGRAM_HEADERS, h->phoff, (uint64_t)h->phnum * h->phentsize, 0);
	add(strata, STRATUM_SECTION_HEADERS, h->shoff, (uint64_t)h->shnum * h->shentsize, 0);
	for (uint32_t i = 1; i < count; i++)
		if (elfsect_section_has_extent(&s[i]))
			add(strata, stratum_of(view, &s[i]), s[i].offset, s[i].size, i);
	add_gaps(strata, file_size);
}

void strata_free(struct strata *strata)
{
	for (int i = 0; i < STRATA; i++)
		free(strata->ranges[i]);
}

uint64_t strata_pick(const struct strata *strata, enum stratum stratum, uint64_t random, uint32_t *section)
{
	const struct stratum_range *range = strata->ranges[stratum];
	uint64_t at;

	if (random & 1) {
		range += (random >> 1) % strata->count[stratum];
		at = (random >> 20) % range->size;
	} else {
		for (at = (random >> 1) % strata->bytes[stratum]; at >= range->size; range++)
			at -= range->size;
	}
	*section = range->section;
	return range->offset + at;
}
