/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The files in a package: .deb (with the archives in it), .rpm, .pkg.tar.*, other archives of tar, cpio and ISO 9660.
 * Names in a package are hostile; nothing is ever made at one of them.
 */
#ifndef HASHSECT_PACKAGE_ARCHIVE_H
#define HASHSECT_PACKAGE_ARCHIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "elfsect.h"

enum {
	ARCHIVE_MEMBERS_MAX = 1 << 20,
	ARCHIVE_NAME_MAX = 4096,
};

/** The most bytes of one file, and of all files together. */
#define ARCHIVE_FILE_MAX  (UINT64_C(1) << 30)
#define ARCHIVE_TOTAL_MAX (UINT64_C(1) << 36)

/**
 * struct archive_member - a regular file in a package
 * @name: as it stands there, without "./" or "/" in front; only to be shown and compared
 * @fd: its content, to be read from the start; a temporary file without a name, which is gone after the visit
 */
struct archive_member {
	const char *name;
	int fd;
	uint64_t size;
};

/** typedef archive_visit - what archive_visit_files() calls; what it returns, if not 0, ends the walk */
typedef int archive_visit(const struct archive_member *member, void *context, struct elfsect_error *error);

/** archive_is_package() - whether a file is one, by its first bytes, or if these say too little by its name */
bool archive_is_package(const char *path);

/**
 * archive_visit_files() - visit all regular files of a package, in its order
 *
 * Links, folders and devices are passed over. A .deb's files are those of its data archive.
 *
 * Return: 0; what @visit returned; -EBADMSG for a damaged package, -EFBIG beyond a limit; -errno.
 */
ELFSECT_MUST_CHECK int archive_visit_files(const char *path, archive_visit *visit, void *context,
					   struct elfsect_error *error);

#endif
