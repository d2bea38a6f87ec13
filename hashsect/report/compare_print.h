/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A comparison as text and as JSON. */
#ifndef HASHSECT_REPORT_COMPARE_PRINT_H
#define HASHSECT_REPORT_COMPARE_PRINT_H

#include <stdio.h>

#include "report/compare.h"

/** comparison_print() - for readers; the verdict is the last line */
void comparison_print(const struct comparison *comparison, FILE *out);

/** comparison_print_json() - 0, or -ENOMEM */
ELFSECT_MUST_CHECK int comparison_print_json(const struct comparison *comparison, FILE *out);

/** check_line_print() - whether a file has the digest that a list says: "PATH: OK" */
void check_line_print(FILE *out, const char *path, bool same);

#endif
