/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What pages are made of: one HTML file that needs nothing else, no network and no script. Every text from outside goes
 * through page_text(), which leaves no markup, no control character and no direction of writing behind.
 */
#ifndef HASHSECT_REPORT_PAGE_PAGE_H
#define HASHSECT_REPORT_PAGE_PAGE_H

#include <stdint.h>
#include <stdio.h>

#include "report/compare.h"

/** page_style - the style sheet, style.css */
extern const char page_style[];

/** page_text() - text, escaped; it stands in a direction of its own */
void page_text(FILE *out, const char *text);

/** page_code() - the same as code: names, paths, hashes */
void page_code(FILE *out, const char *text);

/** page_number() - with a narrow space between groups of three digits */
void page_number(FILE *out, uint64_t number);

/** page_size() - "1 234 bytes" */
void page_size(FILE *out, uint64_t bytes);

/** enum page_tone - how a verdict is shown, beside its words */
enum page_tone { PAGE_GOOD, PAGE_CAUTION, PAGE_BAD };
enum page_tone page_tone_of(enum verdict verdict);

/**
 * page_begin() - everything up to the first part
 * @command: "compare"
 * @report: the report as text; its first line is the verdict
 */
void page_begin(FILE *out, const char *command, enum page_tone tone, const char *report);

/** page_writer - writes something about @values; 0 or -ENOMEM */
typedef int page_writer(const void *values, const char *report, FILE *out);

/**
 * page_whole() - make a page
 * @as_text: writes the report as text; @as_page: writes the page, with that text as @report
 *
 * Return: the page, which the caller frees; NULL: no memory.
 */
char *page_whole(page_writer *as_text, page_writer *as_page, const void *values);

/** page_end() - the last part is the report as text */
void page_end(FILE *out, const char *report);

/** page_part() - begin a part of the page; page_part_end() ends it */
void page_part(FILE *out, const char *title);
void page_part_end(FILE *out);

/**
 * page_table() - begin a table
 * @caption: what it is; may be read out alone
 * @heads: of its columns, @count of them; kept until page_table_end()
 */
struct page_table {
	FILE *out;
	const char *const *heads;
	size_t count, column;
};
struct page_table page_table(FILE *out, const char *caption, const char *const *heads, size_t count);
void page_table_end(struct page_table *table);

/** page_row() - the next row; after its last cell page_row_end() */
void page_row(struct page_table *table);
void page_row_end(struct page_table *table);

/** page_cell() - begin the next cell of a row; page_cell_end() ends it */
void page_cell(struct page_table *table);
void page_cell_end(struct page_table *table);

/** Cells with one thing in them: text (NULL: none), code, a number. */
void page_cell_text(struct page_table *table, const char *text);
void page_cell_code(struct page_table *table, const char *text);
void page_cell_number(struct page_table *table, uint64_t number);

#endif
