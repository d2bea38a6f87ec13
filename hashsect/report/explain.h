/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why two files differ. */
#ifndef HASHSECT_REPORT_EXPLAIN_H
#define HASHSECT_REPORT_EXPLAIN_H

#include <stdio.h>

#include "explain/explain.h"
#include "report/compare.h"

/** Version of the JSON. New members do not change it. */
enum { EXPLAIN_SCHEMA = 1 };

/** explain_kind_text() - what stands in front of the subject: "function ", "build " */
const char *explain_kind_text(enum explain_kind kind);

/** explain_is_named() - whether a cause says why, beside what the policy leaves out and bytes that nothing explains */
bool explain_is_named(const struct explain_cause *cause);

/** explain_following_text() - "addresses of what moved" */
const char *explain_following_text(enum explain_following what);

/** struct cause_files - of a cause that several files have: how many, the name of the first, and the bytes of all */
struct cause_files {
	size_t count;
	const char *first;
	uint64_t bytes;
};

/** explain_cause_print() - one cause, in a line or three; @files: NULL: the reader knows the file */
void explain_cause_print(const struct explain_cause *cause, const struct cause_files *files, FILE *out);

/** explain_following_print() - what follows, in a line, if there is any */
void explain_following_print(const uint64_t bytes[FOLLOWS_KINDS], FILE *out);

/**
 * explain_print() - the verdict in the first line, then causes, largest first, and what follows from them
 * @comparison: of the digests, which says what is around and left out
 * @all: all causes, however many
 */
void explain_print(const struct explanation *explanation, const struct comparison *comparison, bool all, FILE *out);

/** explain_print_json() - all causes; 0 or -ENOMEM */
ELFSECT_MUST_CHECK int explain_print_json(const struct explanation *explanation, const struct comparison *comparison,
					  FILE *out);

#endif
