/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file that is made beside its target and takes the target's name when it is complete. */
#ifndef ELFSECT_TEMPORARY_H
#define ELFSECT_TEMPORARY_H

#include "elfsect_edit.h"
#include "view/view.h"

struct temporary {
	const struct elfsect_write_options *options; /* borrowed */
	const char *asked;			     /* borrowed; the target as the caller named it, for messages */
	char *target;				     /* owned; symbolic links followed */
	char *directory;			     /* owned */
	const char *base;			     /* in target: its last component */
	int directory_fd;			     /* owned */
	int fd;					     /* owned; read and write */
	char name[64];				     /* in the directory; empty while the file has no name */
	bool announced;				     /* options->on_temporary() knows the name */
	bool replaces;				     /* the target exists; it is described by: */
	struct stat old;
};

/* Find the target and open an empty file for it. mode: of a target that does not exist. */
/* @options: what options_take_or_none() made of the caller's */
int temporary_open(struct temporary *t, const char *path, mode_t mode, const struct elfsect_write_options *options,
		   struct elfsect_error *error);

/* Give the file the owner, mode and extended attributes of the file that it replaces. */
int temporary_copy_attributes(struct temporary *t, struct elfsect_error *error);

/* For many files that are synced together: what comes before the sync, and what comes after it. */
int temporary_seal(struct temporary *t, struct elfsect_error *error);
int temporary_rename(struct temporary *t, struct elfsect_error *error);

/* Sync the file and put it in the target's place. */
int temporary_publish(struct temporary *t, struct elfsect_error *error);

/* Release everything; a file that was not published is gone. */
void temporary_close(struct temporary *t);

#endif
