// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/page/causes.h"
#include "report/page/pages.h"
#include "report/page/section_map.h"
#include "report/page/tables.h"

/* What makes a page of an explanation. */
struct explained {
	const struct explanation *explanation;
	const struct comparison *comparison;
};

static void causes_part(const struct explanation *e, FILE *out)
{
	static const char *const heads[] = {"Cause", "Bytes", "Places", "First place", "Source"};
	struct page_table t;

	if (!e->count)
		return;
	page_part(out, "Causes");
	t = page_table(out, "What the difference comes from, largest first", heads, sizeof(heads) / sizeof(*heads));
	for (size_t i = 0; i < e->count && i < CAUSES_MAX; i++)
		cause_row(&t, &e->causes[i], NULL);
	page_table_end(&t);
	if (e->count > CAUSES_MAX)
		fprintf(out, "<p>And %zu smaller causes.</p>\n", e->count - CAUSES_MAX);
	page_part_end(out);
}

static void following_part(const struct explanation *e, FILE *out)
{
	uint64_t causes = 0;

	for (size_t i = 0; i < e->count; i++)
		causes += e->causes[i].bytes;
	bytes_part(causes, e->following, e->unexplained, out);
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
	const struct explained *x = values;
	const struct comparison *c = x->comparison;
	int ret;

	page_begin(out, "explain", page_tone_of(c->verdict), report);
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
