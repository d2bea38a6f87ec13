/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why two packages or folders differ: the causes in their files, each once however many files have it. */
#ifndef HASHSECT_REPORT_EXPLAIN_PACKAGES_H
#define HASHSECT_REPORT_EXPLAIN_PACKAGES_H

#include "report/explain.h"
#include "report/packages.h"

/**
 * struct shared_cause - a cause, and the files that have it
 * @cause: as the first file has it; borrowed
 */
struct shared_cause {
	const struct explain_cause *cause;
	struct cause_files files;
};

/**
 * struct shared_causes - of all files
 * @list: largest first; owned by who asked for it
 * @named: of them those that are neither left out by the policy nor unexplained
 * @files: that have an explanation
 * @other: paths that differ and have none, what is below a folder of one side included
 */
struct shared_causes {
	struct shared_cause *list;
	size_t count, named, files, other;
	uint64_t following[FOLLOWS_KINDS], unexplained;
};

/** shared_causes_make() - causes are the same if kind, subject and values are; 0 or -ENOMEM */
ELFSECT_MUST_CHECK int shared_causes_make(const struct packages_comparison *comparison, struct shared_causes *causes);

/**
 * packages_explain_print() - the verdict in the first line, causes, other paths that differ, what is equal
 * @all: all causes, however many
 *
 * Return: 0 or -ENOMEM.
 */
ELFSECT_MUST_CHECK int packages_explain_print(const struct packages_comparison *comparison, bool all, FILE *out);

#endif
