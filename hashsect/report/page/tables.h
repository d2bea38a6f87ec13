/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tables that several pages have. */
#ifndef HASHSECT_REPORT_PAGE_TABLES_H
#define HASHSECT_REPORT_PAGE_TABLES_H

#include "report/page/page.h"

/** exclusions_part() - what the digests leave out; @b: NULL: there is nothing to compare with */
void exclusions_part(const struct manifest *a, const struct manifest *b, FILE *out);

/** certificate_table() - begin a table of certificates; page_table_end() ends it. @where: the head of its first column
 */
struct page_table certificate_table(FILE *out, const char *caption, const char *where, const char *last);

/** certificate_cells() - all but the first and the last cell of a row */
void certificate_cells(struct page_table *table, const struct elfsect_certificate *certificate);

/** certificates_part() - those that the digests leave out, side by side */
void certificates_part(const struct manifest *a, const struct manifest *b, FILE *out);

/** layers_part() - what was peeled off */
void layers_part(const struct manifest *a, const struct manifest *b, FILE *out);

/** sides_list() - names and digests */
void sides_list(const struct manifest *a, const struct manifest *b, FILE *out);

#endif
