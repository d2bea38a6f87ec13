/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files checked against a list of digests: the verdict, then what is not as the list says. */
#ifndef HASHSECT_REPORT_CHECK_H
#define HASHSECT_REPORT_CHECK_H

#include <stdio.h>

#include "elfsect.h"

/**
 * enum check_result - what became of one file
 * @CHECK_OK: it has the digest that the list says
 * @CHECK_MISSING: it is in the list and not in the folders
 * @CHECK_ADDITIONAL: it is in the folders and not in the list
 * @CHECK_ERROR: it has no digest, or the line of the list is none
 */
enum check_result { CHECK_OK, CHECK_FAILED, CHECK_MISSING, CHECK_ADDITIONAL, CHECK_ERROR };

enum { CHECK_RESULTS = CHECK_ERROR + 1 };

/** enum loudness - what of a report is printed: failures alone, with the verdict, or every file */
enum loudness { REPORT_QUIET, REPORT_NORMAL, REPORT_VERBOSE };

/** struct checked_file - a file of the list or of the folders; path is borrowed */
struct checked_file {
	const char *path;
	enum check_result result;
};

/** check_print() - "6 of 6 files have the digests of the list", and "PATH: FAILED" for each that has not */
void check_print(FILE *out, enum loudness loudness, const struct checked_file *files, size_t count);

/** check_print_json() - all files; 0 or -ENOMEM */
ELFSECT_MUST_CHECK int check_print_json(FILE *out, const struct checked_file *files, size_t count);

#endif
