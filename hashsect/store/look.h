/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which signatures and certificates an official file has. */
#ifndef HASHSECT_STORE_LOOK_H
#define HASHSECT_STORE_LOOK_H

#include "image/image.h"
#include "store/entries.h"

/**
 * struct store_source - an official file
 * @fd: open for reading, at its start; the caller's
 * @shown: its name for messages
 * @package: the name of the package's file that it comes from, or NULL
 * @path: in the package, or below the folder that was given
 */
struct store_source {
	int fd;
	const char *shown;
	char *package;
	char *path;
};

/**
 * store_look() - add what a file has to a list
 * @room: memory for small files, as in struct image_options; may be NULL
 * @reason: receives why it was not looked into, or ""
 *
 * A file that is not a module by its name, and cannot be decompressed, may be anything: it is not looked into, which is
 * no error.
 *
 * Return: 0; -EBADMSG for a signature that is malformed; -errno.
 */
ELFSECT_MUST_CHECK int store_look(const struct store_source *source, struct image_room *room,
				  struct store_entries *found, struct elfsect_error *reason,
				  struct elfsect_error *error);

/** store_is_module_name() - whether a file's name is that of a module: NAME.ko, or a compressed one */
bool store_is_module_name(const char *path);

#endif
