/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Causes in tables: of two files, and of two packages. */
#ifndef HASHSECT_REPORT_PAGE_CAUSES_H
#define HASHSECT_REPORT_PAGE_CAUSES_H

#include "report/explain.h"
#include "report/page/page.h"

/* A page has to open on a phone too. */
enum { CAUSES_MAX = 500 };

/** cause_row() - five cells: cause, bytes, places, first place, source; with @files: number and first of them, or NULL
 */
void cause_row(struct page_table *table, const struct explain_cause *cause, const struct cause_files *files);

/** bytes_part() - a part of the page: each byte that differs */
void bytes_part(uint64_t causes, const uint64_t following[FOLLOWS_KINDS], uint64_t unexplained, FILE *out);

#endif
