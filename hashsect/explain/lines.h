/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines of source, by the debug information of a file; libdw reads it. Whatever is wrong with it, there is no line. */
#ifndef HASHSECT_EXPLAIN_LINES_H
#define HASHSECT_EXPLAIN_LINES_H

#include "explain/explanation.h"

struct lines;

/**
 * struct line - of source
 * @file: as the debug information has it; borrowed; NULL: not known
 * @unit: the file that was compiled, which may be another; borrowed; NULL: not known
 * @options: the compiler and its options; borrowed; NULL: not known
 */
struct line {
	const char *file;
	int number;
	const char *unit;
	const char *options;
};

/** struct compiled - a file that was compiled, and how; borrowed from the debug information */
struct compiled {
	const char *unit, *options;
};

/**
 * lines_open() - of a file, and of the one with its debug information, if that is another
 * @lines: receives them; NULL: it has none that libdw can read, or this was built without libdw
 *
 * Return: 0; -ENOMEM; -errno of open().
 */
ELFSECT_MUST_CHECK int lines_open(const struct explain_side *side, struct lines **lines);
void lines_close(struct lines *lines);

/** lines_find() - the line of a place; lines may be NULL */
struct line lines_find(struct lines *lines, const struct elfsect_section *section, uint64_t offset);

/**
 * lines_compiled() - all files that were compiled and whose options are known, in their order
 * @list: receives them, @count of them; the caller frees it
 *
 * Return: 0 or -ENOMEM. Lines may be NULL: there are none.
 */
ELFSECT_MUST_CHECK int lines_compiled(struct lines *lines, struct compiled **list, size_t *count);

#endif
