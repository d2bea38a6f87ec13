/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What became of the files that signatures from a store were for. */
#ifndef HASHSECT_REPORT_ATTACH_H
#define HASHSECT_REPORT_ATTACH_H

#include <stdio.h>

#include "store/attach.h"

/** Version of the JSON. New members do not change it. */
enum { ATTACH_SCHEMA = 1 };

/** struct attach_report_file - a file and its result, without the bytes that were written */
struct attach_report_file {
	const char *path;
	const struct attach_result *result;
};

/**
 * attach_print() - the verdict, then the signers, then the files that have no signature, by reason
 * @every: a line for each file
 *
 * Return: 0 or -ENOMEM.
 */
ELFSECT_MUST_CHECK int attach_print(FILE *out, const struct attach_report_file *files, size_t count, bool every);

/** attach_print_json() - the same as JSON */
ELFSECT_MUST_CHECK int attach_print_json(FILE *out, const struct attach_report_file *files, size_t count);

#endif
