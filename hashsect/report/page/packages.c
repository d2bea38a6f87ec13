// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>

#include "report/explain_packages.h"
#include "report/page/causes.h"
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

/* A page has to open on a phone too. */
enum { PATHS_MAX = 1000 };

static void paths_table(const struct packages_comparison *c, bool excluded, const char *caption, FILE *out)
{
	static const char *const heads[] = {"Path", "What it is", "Result", "Why"};
	struct page_table t = page_table(out, caption, heads, sizeof(heads) / sizeof(*heads));
	size_t shown = 0;

	for (size_t i = 0; i < c->count; i++) {
		const struct compared_path *p = &c->list[i];

		if (excluded ? p->result != COMPARED_EXCLUDED : p->result <= COMPARED_EXCLUDED)
			continue;
		if (shown++ >= PATHS_MAX)
			continue;
		page_row(&t);
		page_cell_code(&t, p->path);
		page_cell_text(&t, compared_class_name(p->class, false));
		page_cell_text(&t, compared_result_name(p->result));
		page_cell_text(&t, p->what);
		page_row_end(&t);
	}
	page_table_end(&t);
	if (shown > PATHS_MAX)
		fprintf(out, "<p>And %zu more; --json lists all.</p>\n", shown - PATHS_MAX);
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

static void causes_part(const struct shared_causes *s, FILE *out)
{
	static const char *const heads[] = {"Cause", "Bytes", "Files", "First place", "Source"};
	struct page_table t;
	uint64_t bytes = 0;

	if (!s->files)
		return;
	page_part(out, "Causes");
	t = page_table(out, "What differences come from, largest first", heads, sizeof(heads) / sizeof(*heads));
	for (size_t i = 0; i < s->count; i++) {
		bytes += s->list[i].files.bytes;
		if (i < CAUSES_MAX)
			cause_row(&t, s->list[i].cause, &s->list[i].files);
	}
	page_table_end(&t);
	if (s->count > CAUSES_MAX)
		fprintf(out, "<p>And %zu smaller causes.</p>\n", s->count - CAUSES_MAX);
	page_part_end(out);
	bytes_part(bytes, s->following, s->unexplained, out);
}

static void print_begin(const struct packages_comparison *c, const char *command, const char *report, FILE *out)
{
	page_begin(out, command, page_tone_of(packages_verdict(c)), report);
	fputs("<dl><dt>A</dt><dd>", out);
	page_code(out, c->a);
	fputs("</dd>\n<dt>B</dt><dd>", out);
	page_code(out, c->b);
	fputs("</dd></dl>\n", out);
}

static int print_report(const void *values, const char *unused, FILE *out)
{
	(void)unused;
	return packages_print(values, false, out);
}

static int print(const void *values, const char *report, FILE *out)
{
	print_begin(values, "compare", report, out);
	classes_part(values, out);
	paths_part(values, out);
	page_end(out, report);
	return 0;
}

char *packages_page(const struct packages_comparison *c)
{
	return page_whole(print_report, print, c);
}

static int print_explanation_report(const void *values, const char *unused, FILE *out)
{
	(void)unused;
	return packages_explain_print(values, false, out);
}

static int print_explanation(const void *values, const char *report, FILE *out)
{
	struct shared_causes causes;
	int ret = shared_causes_make(values, &causes);

	if (ret)
		return ret;
	print_begin(values, "explain", report, out);
	causes_part(&causes, out);
	classes_part(values, out);
	paths_part(values, out);
	page_end(out, report);
	free(causes.list);
	return 0;
}

char *packages_explanation_page(const struct packages_comparison *c)
{
	return page_whole(print_explanation_report, print_explanation, c);
}
