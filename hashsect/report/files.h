/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The report of a command on several files: text as it comes, or one JSON object with a list, printed at the end. */
#ifndef HASHSECT_REPORT_FILES_H
#define HASHSECT_REPORT_FILES_H

#include <stdbool.h>
#include <stdio.h>

#include "elfsect.h"

struct json_object;

/**
 * struct files_report - a report under way
 * @json: whether it is one of JSON
 * @list: an object for each file; NULL: no memory, which files_report_end() says
 */
struct files_report {
	FILE *out;
	bool json;
	struct json_object *list;
};

/** files_report_begin() - start one; files_report_end() ends it */
void files_report_begin(struct files_report *report, bool json, FILE *out);

/** files_report_end() - print {"schema": @schema, "files": [...]}, if it is JSON; 0 or -ENOMEM */
ELFSECT_MUST_CHECK int files_report_end(struct files_report *report, int schema);

#endif
