/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A comparison as text and as JSON. */
#ifndef HASHSECT_REPORT_COMPARE_PRINT_H
#define HASHSECT_REPORT_COMPARE_PRINT_H

#include <stdio.h>

#include "report/compare.h"

/**
 * comparison_print() - for readers; the verdict is the first line
 * @all: all parts that differ, however many
 */
void comparison_print(const struct comparison *comparison, bool all, FILE *out);

/**
 * comparison_reason() - why a comparison is not VERDICT_IDENTICAL, in some words: which excluded things differ, or the
 * first parts that do
 *
 * Return: text that the caller frees; NULL: no memory.
 */
char *comparison_reason(const struct comparison *comparison);

/** comparison_print_json() - 0, or -ENOMEM */
ELFSECT_MUST_CHECK int comparison_print_json(const struct comparison *comparison, FILE *out);

#endif
