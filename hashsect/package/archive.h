/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is in a package: .deb (with the archives in it), .rpm, .pkg.tar.*, other archives of tar, cpio and ISO 9660.
 * Names in a package are hostile; nothing is ever made at one of them.
 */
#ifndef HASHSECT_PACKAGE_ARCHIVE_H
#define HASHSECT_PACKAGE_ARCHIVE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "elfsect.h"

enum {
	ARCHIVE_MEMBERS_MAX = 1 << 20,
	ARCHIVE_NAME_MAX = 4096,
};

/** The most bytes of one file, and of all files together. */
#define ARCHIVE_FILE_MAX  (UINT64_C(1) << 30)
#define ARCHIVE_TOTAL_MAX (UINT64_C(1) << 36)

/** enum archive_item_type - what a member of a package makes when it is installed */
enum archive_item_type {
	ARCHIVE_FILE,
	ARCHIVE_FOLDER,
	ARCHIVE_SYMLINK,
	ARCHIVE_HARDLINK,
	ARCHIVE_DEVICE,
	ARCHIVE_OTHER
};

/**
 * struct archive_item - one member of a package
 * @name: as it stands there, without "./" or "/" in front and without "/" at the end, "." for the root; only to be
 *shown and compared. What describes a package is below DEBIAN/ (a .deb's control archive), deb: (what else it holds) or
 *	rpm: (its headers)
 * @describes: it is such a member, no file that gets installed
 * @mode: permission bits, 07777; @describes: as the archive has it, or 0
 * @owner: names of the owner and @group; NULL: the archive has numbers only
 * @target: of a symbolic link as it stands, of a hard link as @name; else NULL
 * @device: of a device: type ('b' or 'c'), major and minor number
 */
struct archive_item {
	const char *name;
	enum archive_item_type type;
	bool describes;
	unsigned int mode;
	int64_t uid, gid;
	const char *owner, *group;
	const char *target;
	struct archive_device {
		char type;
		unsigned int major, minor;
	} device;
};

struct archive_content;

/**
 * archive_content_read() - the next bytes of the member that is being visited
 * @bytes: receives them, borrowed until the next call
 *
 * Return: their number; 0 at the end; -EBADMSG for a damaged package, -EFBIG beyond a limit.
 */
ssize_t archive_content_read(struct archive_content *content, const uint8_t **bytes, struct elfsect_error *error);

/** typedef archive_visit_item - what archive_visit_all() calls; what it returns, if not 0, ends the walk */
typedef int archive_visit_item(const struct archive_item *item, struct archive_content *content, void *context,
			       struct elfsect_error *error);

/**
 * struct archive_member - a regular file in a package
 * @name: as in struct archive_item
 * @fd: its content, to be read from the start; a temporary file without a name, which is gone after the visit
 */
struct archive_member {
	const char *name;
	int fd;
	uint64_t size;
};

/** typedef archive_visit - what archive_visit_files() calls; what it returns, if not 0, ends the walk */
typedef int archive_visit(const struct archive_member *member, void *context, struct elfsect_error *error);

/** archive_is_package() - whether a file is one, by its first bytes, or if these say too little by its name; 0 or
 * -errno */
ELFSECT_MUST_CHECK int archive_is_package(const char *path, bool *is, struct elfsect_error *error);

/**
 * archive_visit_all() - visit all members of a package, in its order
 *
 * What lies between the members of an archive (padding, times, the order, the boot area of a disk image) is not shown.
 *
 * Return: 0; what @visit returned; -EBADMSG for a damaged package, -EFBIG beyond a limit; -errno.
 */
ELFSECT_MUST_CHECK int archive_visit_all(const char *path, archive_visit_item *visit, void *context,
					 struct elfsect_error *error);

/**
 * archive_visit_files() - visit all regular files that a package installs, in its order
 *
 * Links, folders and devices are passed over, and what describes the package.
 *
 * Return: as archive_visit_all().
 */
ELFSECT_MUST_CHECK int archive_visit_files(const char *path, archive_visit *visit, void *context,
					   struct elfsect_error *error);

#endif
