// SPDX-License-Identifier: LGPL-2.1-or-later
#include "explain/symtab.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* A symbol without its number and place. */
struct entry {
	const char *name, *section;
	uint8_t info, other;
	uint64_t value; /* of one that lies in no section */
};

static const char *section_of(const struct elfsect_view *view, const struct elfsect_symbol *s)
{
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(view, &count);

	if (elfsect_symbol_is_defined(s))
		return s->section < count ? sections[s->section].name : "?";
	return s->shndx == SHN_UNDEF ? "undefined" : s->shndx == SHN_ABS ? "absolute" : "reserved";
}

static int by_name(const void *a, const void *b)
{
	const struct entry *p = a, *q = b;

	return strcmp(p->name, q->name);
}

static int by_all(const void *a, const void *b)
{
	const struct entry *p = a, *q = b;
	const int order = strcmp(p->name, q->name) ?: strcmp(p->section, q->section);

	if (order)
		return order;
	if (p->info != q->info)
		return (int)p->info - (int)q->info;
	if (p->other != q->other)
		return (int)p->other - (int)q->other;
	return p->value < q->value ? -1 : p->value > q->value;
}

static struct entry *entries_of(const struct elfsect_view *view, size_t *count)
{
	const uint32_t symbols = elfsect_symbol_count(view);
	struct entry *list = calloc((size_t)symbols + 1, sizeof(*list));

	*count = 0;
	for (uint32_t i = 1; list && i < symbols; i++) {
		const struct elfsect_symbol s = elfsect_symbol_get(view, i);

		if (ELF64_ST_TYPE(s.info) == STT_SECTION)
			continue;
		list[(*count)++] = (struct entry){s.name, section_of(view, &s), s.info, s.other,
						  elfsect_symbol_is_defined(&s) ? 0 : s.value};
	}
	if (list)
		qsort(list, *count, sizeof(*list), by_all);
	return list;
}

static char *text_of(const struct entry *e)
{
	char *text;

	if (!e)
		return strdup("not there");
	return asprintf(&text, "%s, binding %u, type %u, visibility %u, value 0x%jx", e->section, e->info >> 4,
			e->info & 15, e->other & 3, (uintmax_t)e->value) < 0
		       ? NULL
		       : text;
}

/* A symbol with bytes of its own that only one side has was found with its bytes. */
static int add(const struct section_pair *pair, const struct entry *x, const struct entry *y)
{
	const struct explanation *e = pair->work->result;
	const struct entry *either = x ? x : y;
	autofree char *before = NULL, *after = NULL;

	if ((either == y && causes_have(e, EXPLAIN_ADDED, either->name)) ||
	    (!y && causes_have(e, EXPLAIN_REMOVED, either->name)))
		return 0;
	before = text_of(x);
	after = text_of(y);
	return before && after ? explain_add(pair, EXPLAIN_SYMBOL, either->name, before, after, 0, 0, 0) : -ENOMEM;
}

int explain_symtab(const struct section_pair *pair)
{
	size_t p_count, q_count, i = 0, k = 0;
	autofree struct entry *p = entries_of(pair->work->sides[0].view, &p_count);
	autofree struct entry *q = entries_of(pair->work->sides[1].view, &q_count);
	int ret = p && q ? 0 : -ENOMEM;

	while (!ret && (i < p_count || k < q_count)) {
		const struct entry *x = i < p_count ? &p[i] : NULL, *y = k < q_count ? &q[k] : NULL;
		const int all = !x ? 1 : !y ? -1 : by_all(x, y), name = !x ? 1 : !y ? -1 : by_name(x, y);

		/* One name with something else about it is one difference. */
		if (all)
			ret = add(pair, name <= 0 ? x : NULL, name >= 0 ? y : NULL);
		i += name <= 0;
		k += name >= 0;
	}
	return ret;
}

bool symtab_renumbered(const struct elfsect_view *a, const struct elfsect_view *b)
{
	const uint32_t count = elfsect_symbol_count(a);

	if (count != elfsect_symbol_count(b))
		return true;
	for (uint32_t i = 1; i < count; i++) {
		const struct elfsect_symbol p = elfsect_symbol_get(a, i), q = elfsect_symbol_get(b, i);

		if (strcmp(p.name, q.name) != 0 || strcmp(section_of(a, &p), section_of(b, &q)) != 0)
			return true;
	}
	return false;
}
