// SPDX-License-Identifier: LGPL-2.1-or-later
#include <inttypes.h>

#include "report/page/pages.h"
#include "report/page/section_map.h"
#include "report/page/tables.h"

/* A page has to open on a phone too. */
enum { CAUSES_MAX = 500 };

/* What makes a page of an explanation. */
struct explained {
	const struct explanation *explanation;
	const struct comparison *comparison;
};

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

static void place_cell(struct page_table *t, const struct explain_cause *c)
{
	page_cell(t);
	if (c->section) {
		page_code(t->out, c->section);
		fprintf(t->out, "+0x%" PRIx64, c->offset[0]);
		if (c->offset[1] != c->offset[0])
			fprintf(t->out, ", in B +0x%" PRIx64, c->offset[1]);
	}
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

static void causes_part(const struct explanation *e, FILE *out)
{
	static const char *const heads[] = {"Cause", "Bytes", "Places", "First place", "Source"};
	struct page_table t;

	if (!e->count)
		return;
	page_part(out, "Causes");
	t = page_table(out, "What the difference comes from, largest first", heads, sizeof(heads) / sizeof(*heads));
	for (size_t i = 0; i < e->count && i < CAUSES_MAX; i++) {
		const struct explain_cause *c = &e->causes[i];

		page_row(&t);
		cause_cell(&t, c);
		page_cell_number(&t, c->bytes);
		page_cell_number(&t, c->places);
		place_cell(&t, c);
		source_cell(&t, c);
		page_row_end(&t);
	}
	page_table_end(&t);
	if (e->count > CAUSES_MAX)
		fprintf(out, "<p>And %zu smaller causes.</p>\n", e->count - CAUSES_MAX);
	page_part_end(out);
}

static void bytes_row(struct page_table *t, const char *what, uint64_t bytes)
{
	page_row(t);
	page_cell_text(t, what);
	page_cell_number(t, bytes);
	page_row_end(t);
}

static void following_part(const struct explanation *e, FILE *out)
{
	static const char *const heads[] = {"What", "Bytes"};
	uint64_t causes = 0;
	struct page_table t;

	page_part(out, "Bytes that differ");
	t = page_table(out, "Each byte that differs is in one of these rows", heads, sizeof(heads) / sizeof(*heads));
	for (size_t i = 0; i < e->count; i++)
		causes += e->causes[i].bytes;
	bytes_row(&t, "causes", causes);
	for (enum explain_following f = 0; f < FOLLOWS_KINDS; f++) {
		if (!e->following[f])
			continue;
		page_row(&t);
		page_cell(&t);
		fprintf(out, "follows: %s", explain_following_text(f));
		page_cell_end(&t);
		page_cell_number(&t, e->following[f]);
		page_row_end(&t);
	}
	bytes_row(&t, "nothing explains them", e->unexplained);
	page_table_end(&t);
	page_part_end(out);
}

static int print_report(const void *values, const char *unused, FILE *out)
{
	const struct explained *x = values;

	(void)unused;
	explain_print(x->explanation, x->comparison, false, out);
	return 0;
}

static int print(const void *values, const char *report, FILE *out)
{
	static const enum page_tone tones[] = {
		[VERDICT_IDENTICAL] = PAGE_GOOD,
		[VERDICT_EXCLUDED] = PAGE_CAUTION,
		[VERDICT_DIFFERENT] = PAGE_BAD,
	};
	const struct explained *x = values;
	const struct comparison *c = x->comparison;
	int ret;

	page_begin(out, "explain", tones[c->verdict], report);
	sides_list(c->a, c->b, out);
	if (c->advice)
		fprintf(out, "<p class=\"note\">%s</p>\n", c->advice);
	causes_part(x->explanation, out);
	following_part(x->explanation, out);
	ret = section_map_print(c->a, c->b, out);
	certificates_part(c->a, c->b, out);
	exclusions_part(c->a, c->b, out);
	layers_part(c->a, c->b, out);
	page_end(out, report);
	return ret;
}

char *explanation_page(const struct explanation *explanation, const struct comparison *comparison)
{
	const struct explained x = {explanation, comparison};

	return page_whole(print_report, print, &x);
}
