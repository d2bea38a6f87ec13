/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The comparison of two packages or folders, path by path. */
#ifndef HASHSECT_REPORT_PACKAGES_H
#define HASHSECT_REPORT_PACKAGES_H

#include <stdio.h>

#include "explain/explanation.h"
#include "image/image.h"
#include "package/pairs.h"
#include "report/compare.h"

/** Version of the JSON. New members do not change it. */
enum { PACKAGES_SCHEMA = 1 };

/** enum compared_class - what is counted together */
enum compared_class {
	COMPARED_MODULE,
	COMPARED_BOOT_IMAGE,
	COMPARED_ELF,
	COMPARED_FILE,
	COMPARED_DESCRIPTION, /* what describes a package: DEBIAN/control */
	COMPARED_FOLDER,
	COMPARED_LINK,
	COMPARED_OTHER, /* devices, pipes, sockets */
	COMPARED_CLASSES,
};

/** enum compared_result - of one path */
enum compared_result { COMPARED_IDENTICAL, COMPARED_EXCLUDED, COMPARED_DIFFERENT, COMPARED_ONLY_A, COMPARED_ONLY_B };

enum { COMPARED_RESULTS = COMPARED_ONLY_B + 1 };

/**
 * struct compared_path - one of them
 * @path: owned
 * @what: which bytes were excluded, or what differs; owned; NULL: nothing to say
 * @why: an explanation of the difference, owned; NULL: nobody asked for one, or there is none
 */
struct compared_path {
	char *path;
	enum compared_class class;
	enum compared_result result;
	char *what;
	struct explanation *why;
};

/**
 * struct packages_comparison - all paths of two packages or folders
 * @a, @b: their names; borrowed
 * @list: in the order of paths, @count of them
 * @containers_differ: both are files, and these differ; what they hold may be equal all the same
 */
struct packages_comparison {
	const char *a, *b;
	struct compared_path *list;
	size_t count;
	bool containers_differ;
};

/* What is said of a path; the caller frees it; NULL: no memory. */

/** attributes_reason() - of a pair whose attributes differ: "mode 0644 in A, 0755 in B" */
char *attributes_reason(const struct pair *pair, enum pair_difference difference);

/** signatures_reason() - of two images that are the same inside: which signatures differ */
char *signatures_reason(const struct image *a, const struct image *b);

/** checksums_reason() - of two lists that differ in the checksums of such files */
char *checksums_reason(void);

/** size_reason() - of two control files that differ in the size of such files */
char *size_reason(void);

/** compared_class_name() - "modules" if @many, else "module" */
const char *compared_class_name(enum compared_class class, bool many);

/** compared_result_name() - "identical", "excluded", "different", "only in A", "only in B" */
const char *compared_result_name(enum compared_result result);

/** packages_verdict() - of all paths together */
enum verdict packages_verdict(const struct packages_comparison *comparison);

/**
 * packages_print() - the verdict in the first line, what is equal counted, what differs by name
 * @all: a line for each path
 *
 * Return: 0 or -ENOMEM.
 */
ELFSECT_MUST_CHECK int packages_print(const struct packages_comparison *comparison, bool all, FILE *out);

/** packages_print_excluded(), packages_print_identical() - those groups of it; 0 or -ENOMEM */
ELFSECT_MUST_CHECK int packages_print_excluded(const struct packages_comparison *comparison, FILE *out);
void packages_print_identical(const struct packages_comparison *comparison, FILE *out);

/** packages_print_difference() - a path that differs, but for what is below a folder that only one side has */
void packages_print_difference(const struct packages_comparison *comparison, const struct compared_path *path,
			       FILE *out);

/** packages_print_json() - all paths; 0 or -ENOMEM */
ELFSECT_MUST_CHECK int packages_print_json(const struct packages_comparison *comparison, FILE *out);

#endif
