/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What two packages or folders have under one path, side by side. */
#ifndef HASHSECT_PACKAGE_PAIRS_H
#define HASHSECT_PACKAGE_PAIRS_H

#include "package/contents.h"

/**
 * struct pair - the entries with one path
 * @a, @b: borrowed; NULL: this side has none
 */
struct pair {
	const struct contents_entry *a, *b;
};

/** struct pairs - all of them, in the order of paths */
struct pairs {
	struct pair *list;
	size_t count;
};

/**
 * pairs_make() - match two lists; the caller frees @pairs->list
 *
 * With a folder on one side its root is passed over, and what describes a package if the other side is without it.
 *
 * Return: 0 or -ENOMEM.
 */
ELFSECT_MUST_CHECK int pairs_make(const struct contents *a, const struct contents *b, struct pairs *pairs);

/** pair_path() - the path of both */
const char *pair_path(const struct pair *pair);

/** enum pair_difference - what differs beside contents */
enum pair_difference { PAIR_EQUAL, PAIR_TYPE, PAIR_TARGET, PAIR_DEVICE, PAIR_MODE, PAIR_OWNER };

/**
 * pair_attributes_difference() - the first that does, of a pair with two sides
 * @with_owner: owners count; where one side is a folder and the other a package they say nothing
 */
enum pair_difference pair_attributes_difference(const struct pair *pair, bool with_owner);

/**
 * pair_checksums_follow() - whether two lists of MD5 sums (of dpkg: "SUM  PATH", a line a file) differ only in the sums
 * of files that may differ, and each such sum is that of its file
 * @may_differ: whether the file with a path may; @context: for it
 */
bool pair_checksums_follow(const struct pair *pair, const struct contents *a, const struct contents *b,
			   bool (*may_differ)(const char *path, void *context), void *context);

/**
 * pair_size_follows() - whether two control files of Debian differ in nothing but Installed-Size, and that by @kib
 * @kib: what A's files take more than B's, each rounded up to 1024 bytes, as dpkg-gencontrol counts
 */
bool pair_size_follows(const struct pair *pair, int64_t kib);

#endif
