// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/page/page.h"
#include "report/page/pages.h"

static void classes_part(const struct packages_comparison *c, FILE *out)
{
	static const char *const heads[] = {"What",	 "Identical", "Equal but for excluded bytes",
					    "Different", "Only in A", "Only in B"};
	size_t counts[COMPARED_CLASSES][COMPARED_RESULTS] = {{0}};
	struct page_table t;

	for (size_t i = 0; i < c->count; i++)
		counts[c->list[i].class][c->list[i].result]++;
	page_part(out, "All paths");
	t = page_table(out, "Paths by what they are and what was found", heads, sizeof(heads) / sizeof(*heads));
	for (enum compared_class class = 0; class < COMPARED_CLASSES; class ++) {
		size_t sum = 0;

		for (size_t r = 0; r < COMPARED_RESULTS; r++)
			sum += counts[class][r];
		if (!sum)
			continue;
		page_row(&t);
		page_cell_text(&t, compared_class_name(class, true));
		for (size_t r = 0; r < COMPARED_RESULTS; r++)
			page_cell_number(&t, counts[class][r]);
		page_row_end(&t);
	}
	page_table_end(&t);
	page_part_end(out);
}

static size_t count_of(const struct packages_comparison *c, bool excluded)
{
	size_t count = 0;

	for (size_t i = 0; i < c->count; i++)
		count += excluded ? c->list[i].result == COMPARED_EXCLUDED : c->list[i].result > COMPARED_EXCLUDED;
	return count;
}

static void paths_table(const struct packages_comparison *c, bool excluded, const char *caption, FILE *out)
{
	static const char *const heads[] = {"Path", "What it is", "Result", "Why"};
	struct page_table t = page_table(out, caption, heads, sizeof(heads) / sizeof(*heads));

	for (size_t i = 0; i < c->count; i++) {
		const struct compared_path *p = &c->list[i];

		if (excluded ? p->result != COMPARED_EXCLUDED : p->result <= COMPARED_EXCLUDED)
			continue;
		page_row(&t);
		page_cell_code(&t, p->path);
		page_cell_text(&t, compared_class_name(p->class, false));
		page_cell_text(&t, compared_result_name(p->result));
		page_cell_text(&t, p->what);
		page_row_end(&t);
	}
	page_table_end(&t);
}

static void paths_part(const struct packages_comparison *c, FILE *out)
{
	if (count_of(c, false)) {
		page_part(out, "What differs");
		paths_table(c, false, "Paths that are not the same", out);
		page_part_end(out);
	}
	if (count_of(c, true)) {
		page_part(out, "Equal but for excluded bytes");
		fprintf(out, "<details%s><summary>%zu paths</summary>\n", count_of(c, true) > 20 ? "" : " open",
			count_of(c, true));
		paths_table(c, true, "Paths that are equal but for bytes that the policy leaves out", out);
		fputs("</details>\n", out);
		page_part_end(out);
	}
}

static int print_report(const void *values, const char *unused, FILE *out)
{
	(void)unused;
	return packages_print(values, false, out);
}

static int print(const void *values, const char *report, FILE *out)
{
	static const enum page_tone tones[] = {
		[VERDICT_IDENTICAL] = PAGE_GOOD,
		[VERDICT_EXCLUDED] = PAGE_CAUTION,
		[VERDICT_DIFFERENT] = PAGE_BAD,
	};
	const struct packages_comparison *c = values;

	page_begin(out, "compare", tones[packages_verdict(c)], report);
	fputs("<dl><dt>A</dt><dd>", out);
	page_code(out, c->a);
	fputs("</dd>\n<dt>B</dt><dd>", out);
	page_code(out, c->b);
	fputs("</dd></dl>\n", out);
	classes_part(c, out);
	paths_part(c, out);
	page_end(out, report);
	return 0;
}

char *packages_page(const struct packages_comparison *c)
{
	return page_whole(print_report, print, c);
}
