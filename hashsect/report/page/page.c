// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/page/page.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* What text_escape() leaves: printable characters, of which some are markup. */
static void print_markup(void *context, const char *text)
{
	FILE *out = context;

	for (; *text; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		case '\'':
			fputs("&#39;", out);
			break;
		default:
			fputc(*text, out);
		}
	}
}

static void print_plain(FILE *out, const char *text, size_t size)
{
	text_pieces(TEXT_FOR_TERMINALS, text, size, print_markup, out);
}

static void page_bytes(FILE *out, const char *text, size_t size)
{
	fputs("<bdi>", out);
	print_plain(out, text, size);
	fputs("</bdi>", out);
}

void page_text(FILE *out, const char *text)
{
	page_bytes(out, text, strlen(text));
}

void page_code(FILE *out, const char *text)
{
	fputs("<code>", out);
	page_text(out, text);
	fputs("</code>", out);
}

void page_number(FILE *out, uint64_t number)
{
	char digits[24];
	const int length = snprintf(digits, sizeof(digits), "%" PRIu64, number);

	for (int i = 0; i < length; i++)
		fprintf(out, "%s%c", i && (length - i) % 3 == 0 ? "&#8239;" : "", digits[i]);
}

void page_size(FILE *out, uint64_t bytes)
{
	page_number(out, bytes);
	fputs(bytes == 1 ? " byte" : " bytes", out);
}

/* ----------------------------------------------------------------------------------------------------- the whole */

static const struct {
	const char *name, *sign;
} tones[] = {
	[PAGE_GOOD] = {"good", "&#10003;"},
	[PAGE_CAUTION] = {"caution", "&#8776;"},
	[PAGE_BAD] = {"bad", "&#8800;"},
};

enum page_tone page_tone_of(enum verdict verdict)
{
	static const enum page_tone of[] = {
		[VERDICT_IDENTICAL] = PAGE_GOOD,
		[VERDICT_EXCLUDED] = PAGE_CAUTION,
		[VERDICT_DIFFERENT] = PAGE_BAD,
	};

	return of[verdict];
}

void page_begin(FILE *out, const char *command, enum page_tone tone, const char *report)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
	      "'unsafe-inline'\">\n",
	      out);
	fprintf(out,
		"<title>hashsect %s</title>\n<style>\n%s</style>\n</head>\n<body>\n<header>\n<h1>hashsect %s</h1>\n",
		command, page_style, command);
	fprintf(out, "<p class=\"verdict %s\"><span class=\"sign\" aria-hidden=\"true\">%s</span> ", tones[tone].name,
		tones[tone].sign);
	page_bytes(out, report, strcspn(report, "\n"));
	fputs("</p>\n</header>\n"
	      "<svg class=\"definitions\" aria-hidden=\"true\"><defs><pattern id=\"hatch\" width=\"3\" height=\"3\" "
	      "patternUnits=\"userSpaceOnUse\"><path class=\"hatch\" d=\"M0 3L3 0\" "
	      "stroke-width=\".6\"/></pattern></defs>"
	      "</svg>\n<main>\n",
	      out);
}

void page_end(FILE *out, const char *report)
{
	page_part(out, "The report as text");
	fputs("<details><summary>All of it</summary>\n<pre>", out);
	for (const char *line = report; *line;) {
		const size_t length = strcspn(line, "\n");

		print_plain(out, line, length);
		fputc('\n', out);
		line += length + (line[length] == '\n');
	}
	fputs("</pre></details>\n", out);
	page_part_end(out);
	fputs("</main>\n</body>\n</html>\n", out);
}

static char *written(page_writer *writer, const void *values, const char *report)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int ret;

	if (!out)
		return NULL;
	ret = writer(values, report, out);
	if (!fclose(out) && !ret)
		return text;
	free(text);
	return NULL;
}

char *page_whole(page_writer *as_text, page_writer *as_page, const void *values)
{
	char *report = written(as_text, values, NULL), *page = report ? written(as_page, values, report) : NULL;

	free(report);
	return page;
}

void page_part(FILE *out, const char *title)
{
	fprintf(out, "<section>\n<h2>%s</h2>\n", title);
}

void page_part_end(FILE *out)
{
	fputs("</section>\n", out);
}

/* ---------------------------------------------------------------------------------------------------------- tables */

/* The roles are said since narrow pages show a table as a list of its rows, and it should be read as a table there too.
 */
struct page_table page_table(FILE *out, const char *caption, const char *const *heads, size_t count)
{
	fprintf(out, "<table role=\"table\">\n<caption>%s</caption>\n<thead role=\"rowgroup\"><tr role=\"row\">",
		caption);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "<th role=\"columnheader\" scope=\"col\">%s</th>", heads[i]);
	fputs("</tr></thead>\n<tbody role=\"rowgroup\">\n", out);
	return (struct page_table){.out = out, .heads = heads, .count = count};
}

void page_table_end(struct page_table *t)
{
	fputs("</tbody>\n</table>\n", t->out);
}

void page_row(struct page_table *t)
{
	t->column = 0;
	fputs("<tr role=\"row\">", t->out);
}

void page_row_end(struct page_table *t)
{
	fputs("</tr>\n", t->out);
}

static void begin_cell(struct page_table *t, const char *class)
{
	fprintf(t->out, "<td role=\"cell\"%s data-head=\"%s\">", class,
		t->column < t->count ? t->heads[t->column] : "");
	t->column++;
}

void page_cell(struct page_table *t)
{
	begin_cell(t, "");
}

void page_cell_end(struct page_table *t)
{
	fputs("</td>", t->out);
}

void page_cell_text(struct page_table *t, const char *text)
{
	page_cell(t);
	if (text)
		page_text(t->out, text);
	page_cell_end(t);
}

void page_cell_code(struct page_table *t, const char *text)
{
	page_cell(t);
	if (text)
		page_code(t->out, text);
	page_cell_end(t);
}

void page_cell_number(struct page_table *t, uint64_t number)
{
	begin_cell(t, " class=\"number\"");
	page_number(t->out, number);
	page_cell_end(t);
}
