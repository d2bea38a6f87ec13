// SPDX-License-Identifier: LGPL-2.1-or-later
#include "explain/headers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"

static int add(struct explaining *w, enum explain_kind kind, const char *subject, uint64_t before, uint64_t after)
{
	const struct section_pair nowhere = {w, {NULL, NULL}, {NULL, NULL}};
	char a[24], b[24];

	snprintf(a, sizeof(a), "0x%jx", (uintmax_t)before);
	snprintf(b, sizeof(b), "0x%jx", (uintmax_t)after);
	return explain_add(&nowhere, kind, subject, a, b, 0, 0, 0);
}

static int explain_header(struct explaining *w)
{
	const struct elfsect_header *a = elfsect_view_header(w->sides[0].view),
				    *b = elfsect_view_header(w->sides[1].view);
	const struct {
		const char *name;
		uint64_t before, after;
	} fields[] = {
		{"class", a->elf_class, b->elf_class},
		{"byte order", a->data, b->data},
		{"OS ABI", a->osabi, b->osabi},
		{"ABI version", a->abiversion, b->abiversion},
		{"type", a->type, b->type},
		{"machine", a->machine, b->machine},
		{"flags", a->flags, b->flags},
	};
	int ret = 0;

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]) && !ret; i++)
		if (fields[i].before != fields[i].after)
			ret = add(w, EXPLAIN_HEADER, fields[i].name, fields[i].before, fields[i].after);
	if (!ret && a->entry != b->entry && !symbols_moved(&w->symbols[0], a->entry, &w->symbols[1], b->entry, true))
		ret = add(w, EXPLAIN_HEADER, "entry", a->entry, b->entry);
	return ret;
}

/* Where a segment is and how long follows from sections that moved. */
static bool places_differ(const struct elfsect_segment *p, const struct elfsect_segment *q)
{
	return p->offset != q->offset || p->vaddr != q->vaddr || p->paddr != q->paddr || p->filesz != q->filesz ||
	       p->memsz != q->memsz;
}

static int explain_segments(struct explaining *w)
{
	uint32_t counts[2];
	const struct elfsect_segment *p = elfsect_view_segments(w->sides[0].view, &counts[0]);
	const struct elfsect_segment *q = elfsect_view_segments(w->sides[1].view, &counts[1]);
	int ret = counts[0] != counts[1] ? add(w, EXPLAIN_HEADER, "number of segments", counts[0], counts[1]) : 0;

	for (uint32_t i = 0; i < counts[0] && i < counts[1] && !ret; i++) {
		char subject[32];

		snprintf(subject, sizeof(subject), "%u, type", i);
		if (p[i].type != q[i].type)
			ret = add(w, EXPLAIN_SEGMENT, subject, p[i].type, q[i].type);
		snprintf(subject, sizeof(subject), "%u, flags", i);
		if (!ret && p[i].flags != q[i].flags)
			ret = add(w, EXPLAIN_SEGMENT, subject, p[i].flags, q[i].flags);
		snprintf(subject, sizeof(subject), "%u, alignment", i);
		if (!ret && p[i].align != q[i].align)
			ret = add(w, EXPLAIN_SEGMENT, subject, p[i].align, q[i].align);
		snprintf(subject, sizeof(subject), "%u, place", i);
		if (!ret && places_differ(&p[i], &q[i]) && !w->moved && !w->resized)
			ret = add(w, EXPLAIN_SEGMENT, subject, p[i].vaddr, q[i].vaddr);
	}
	return ret;
}

int explain_headers(struct explaining *w)
{
	return explain_header(w) ?: explain_segments(w);
}
