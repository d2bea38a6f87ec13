// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/page/causes.h"

#include <inttypes.h>

static void cause_cell(struct page_table *t, const struct explain_cause *c)
{
	page_cell(t);
	fputs(explain_kind_text(c->kind), t->out);
	page_code(t->out, c->subject);
	if (c->before) {
		fputs("<span class=\"before\">A: ", t->out);
		page_code(t->out, c->before);
		fputs("</span>", t->out);
	}
	if (c->after) {
		fputs("<span class=\"after\">B: ", t->out);
		page_code(t->out, c->after);
		fputs("</span>", t->out);
	}
	page_cell_end(t);
}

static void place_cell(struct page_table *t, const struct explain_cause *c, const struct cause_files *files)
{
	page_cell(t);
	if (files) {
		page_code(t->out, files->first);
		fputs("<span class=\"place\">", t->out);
	}
	if (c->section) {
		page_code(t->out, c->section);
		fprintf(t->out, "+0x%" PRIx64, c->offset[0]);
		if (c->offset[1] != c->offset[0])
			fprintf(t->out, ", in B +0x%" PRIx64, c->offset[1]);
	}
	if (files)
		fputs("</span>", t->out);
	page_cell_end(t);
}

static void source_cell(struct page_table *t, const struct explain_cause *c)
{
	page_cell(t);
	if (c->file) {
		page_code(t->out, c->file);
		fprintf(t->out, ", line %d", c->line);
	}
	page_cell_end(t);
}

void cause_row(struct page_table *t, const struct explain_cause *c, const struct cause_files *files)
{
	page_row(t);
	cause_cell(t, c);
	page_cell_number(t, files ? files->bytes : c->bytes);
	page_cell_number(t, files ? files->count : c->places);
	place_cell(t, c, files);
	source_cell(t, c);
	page_row_end(t);
}

static void bytes_row(struct page_table *t, const char *what, const char *of, uint64_t bytes)
{
	page_row(t);
	page_cell(t);
	fprintf(t->out, "%s%s", what, of);
	page_cell_end(t);
	page_cell_number(t, bytes);
	page_row_end(t);
}

void bytes_part(uint64_t causes, const uint64_t following[FOLLOWS_KINDS], uint64_t unexplained, FILE *out)
{
	static const char *const heads[] = {"What", "Bytes"};
	struct page_table t;

	page_part(out, "Bytes that differ");
	t = page_table(out, "Each byte that differs is in one of these rows", heads, sizeof(heads) / sizeof(*heads));
	bytes_row(&t, "causes", "", causes);
	for (enum explain_following f = 0; f < FOLLOWS_KINDS; f++)
		if (following[f])
			bytes_row(&t, "follows: ", explain_following_text(f), following[f]);
	bytes_row(&t, "nothing explains them", "", unexplained);
	page_table_end(&t);
	page_part_end(out);
}
