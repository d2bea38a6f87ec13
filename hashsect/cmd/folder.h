/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of a folder and of those in it. */
#ifndef HASHSECT_CMD_FOLDER_H
#define HASHSECT_CMD_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

/* Paths, owned; is_below: found in a folder, not named by the caller. All zero is an empty list. */
struct path_list {
	struct path {
		char *path;
		bool is_below;
	} * list;
	size_t count, room;
};

/*
 * Add a path or, where it is a folder, the paths of all regular files below it, in the order of their names. Symbolic
 * links in a folder are not followed, and nothing but regular files is taken. Trouble is printed; returns an exit
 * status.
 */
int path_list_add(struct path_list *paths, const char *path);

void path_list_clear(struct path_list *paths);

#endif
