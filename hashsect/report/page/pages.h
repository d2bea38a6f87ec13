/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reports as pages: one HTML file each, that needs no network and no script; the report as text is in it. Each function
 * makes a whole page in memory, which the caller frees; NULL: no memory. The same results make the same page.
 */
#ifndef HASHSECT_REPORT_PAGE_PAGES_H
#define HASHSECT_REPORT_PAGE_PAGES_H

#include "report/audit.h"
#include "report/compare.h"
#include "report/explain.h"
#include "report/packages.h"

/** comparison_page() - of two digests; manifests that were read will do */
char *comparison_page(const struct comparison *comparison);

/** packages_page() - of two packages or folders */
char *packages_page(const struct packages_comparison *comparison);

/** explanation_page() - why two files differ */
char *explanation_page(const struct explanation *explanation, const struct comparison *comparison);

/** packages_explanation_page() - why two packages or folders differ */
char *packages_explanation_page(const struct packages_comparison *comparison);

/** audit_page() - of an audit */
char *audit_page(const struct audit_result *result);

#endif
