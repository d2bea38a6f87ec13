// SPDX-License-Identifier: LGPL-2.1-or-later
#include <inttypes.h>
#include <stdlib.h>

#include "report/compare_print.h"
#include "report/page/pages.h"
#include "report/page/section_map.h"
#include "report/page/tables.h"

static const char *places_of(const struct part_pair *pair)
{
	return !pair->a ? "B only" : !pair->b ? "A only" : "both, different";
}

static void size_cell(struct page_table *t, const struct manifest_part *part)
{
	if (part)
		page_cell_number(t, part->size);
	else
		page_cell_text(t, NULL);
}

static void differences_part(const struct comparison *c, FILE *out)
{
	static const char *const heads[] = {"Part", "Name", "Where", "Bytes in A", "Bytes in B"};
	struct part_walk walk = {0};
	struct part_pair pair;
	struct page_table t;

	if (c->verdict != VERDICT_DIFFERENT)
		return;
	page_part(out, "What differs");
	t = page_table(out, "Parts of the digest that are not the same", heads, sizeof(heads) / sizeof(*heads));
	while (next_difference(c, &walk, &pair)) {
		const struct manifest_part *part = pair.a ? pair.a : pair.b;

		page_row(&t);
		page_cell_text(&t, manifest_part_kind(part->kind));
		page_cell_code(&t, part->name);
		page_cell_text(&t, places_of(&pair));
		size_cell(&t, pair.a);
		size_cell(&t, pair.b);
		page_row_end(&t);
	}
	page_table_end(&t);
	page_part_end(out);
}

/* What stands around a kernel and is not covered by the digest is told by the report as text. */
static int print(const void *values, const char *report, FILE *out)
{
	const struct comparison *c = values;
	int ret;

	page_begin(out, "compare", page_tone_of(c->verdict), report);
	sides_list(c->a, c->b, out);
	if (c->advice)
		fprintf(out, "<p class=\"note\">%s</p>\n", c->advice);
	ret = section_map_print(c->a, c->b, out);
	differences_part(c, out);
	exclusions_part(c->a, c->b, out);
	certificates_part(c->a, c->b, out);
	layers_part(c->a, c->b, out);
	page_end(out, report);
	return ret;
}

static int print_report(const void *values, const char *unused, FILE *out)
{
	(void)unused;
	comparison_print(values, false, out);
	return 0;
}

char *comparison_page(const struct comparison *c)
{
	return page_whole(print_report, print, c);
}
