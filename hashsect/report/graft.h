/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What became of a rebuild that was grafted. */
#ifndef HASHSECT_REPORT_GRAFT_H
#define HASHSECT_REPORT_GRAFT_H

#include <stdio.h>

#include "store/graft.h"

/** Version of the JSON. New members do not change it. */
enum { GRAFT_SCHEMA = 1 };

/**
 * struct graft_report_file - a file and its result
 * @path: borrowed
 * @is_missing: there is an official one only; @result says nothing
 */
struct graft_report_file {
	const char *path;
	bool is_missing;
	struct graft_result result;
};

/** graft_print() - the verdict, what was put on, then what is not equal; with @every a line for each file. 0 or -ENOMEM
 */
ELFSECT_MUST_CHECK int graft_print(FILE *out, const struct graft_report_file *files, size_t count, bool every);

/** graft_print_json() - the same as JSON */
ELFSECT_MUST_CHECK int graft_print_json(FILE *out, const struct graft_report_file *files, size_t count);

#endif
