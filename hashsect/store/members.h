/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files that a command on stores was given: files, and folders with all that is in them. */
#ifndef HASHSECT_STORE_MEMBERS_H
#define HASHSECT_STORE_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>

#include "elfsect.h"

/**
 * struct member - one file
 * @path: to open it; owned
 * @name: below the folder that was given, or its last component; borrowed from @path
 * @in_folder: it was found in a folder
 */
struct member {
	char *path;
	char *name;
	bool in_folder;
};

/** struct members - a list; all zero is an empty one */
struct members {
	struct member *list;
	size_t count, room;
};

/**
 * members_add() - add a file, or all regular files of a folder and those in it, in the order of their names
 *
 * Symbolic links in a folder are not followed; devices, FIFOs and sockets there are passed over.
 *
 * Return: 0; -errno, also for what is neither a file nor a folder.
 */
ELFSECT_MUST_CHECK int members_add(struct members *members, const char *path, struct elfsect_error *error);

void members_clear(struct members *members);

#endif
