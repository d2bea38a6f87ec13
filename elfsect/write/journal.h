/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The undo journal of an edit in place: a file .NAME.elfsect-journal beside the file NAME (symbolic links followed), of
 *the mode 0600, there only while NAME is being changed. All numbers are little-endian.
 *
 *	 0  magic, 16 bytes: "elfsect journal" and a zero byte
 *	16  version, u32: 1
 *	20  number of changes, u32
 *	24  inode number of the file, u64
 *	32  its birth: seconds, s64; nanoseconds, u32; both 0 where the file system does not tell
 *	44  zero, u32
 *	48  size of the file, u64
 *	56  size of the journal, u64
 *	64  for each change: offset in the file, u64; length, u64; in order, disjoint
 *	    the old bytes of all changes
 *	    the new bytes of all changes
 *	    SHA-256 of everything before, 32 bytes
 *
 * The journal is complete on disk, with its name, before the first byte of the file is written; it is removed after the
 * last one is on disk. So one with a bad checksum belongs to a file of which no byte was touched. With a good one, each
 *byte of the file that a change names is the old or the new one; if any is neither, or inode, birth or size differ, the
 * journal belongs to another file. The device number is no part of that: it may differ after the crash that matters.
 */
#ifndef ELFSECT_JOURNAL_H
#define ELFSECT_JOURNAL_H

#include <limits.h>

#include "elfsect_edit.h"
#include "view/view.h"

struct journal {
	const char *asked; /* borrowed; the file as the caller named it, for messages */
	char *target;	   /* owned; symbolic links followed */
	int directory_fd;  /* owned */
	char name[NAME_MAX + 1];
	uint8_t *bytes; /* owned; the whole journal, NULL until it is made or read */
	uint64_t size;
};

enum journal_side { JOURNAL_OLD, JOURNAL_NEW };

/* Where the journal of a file is, or would be. */
int journal_place(struct journal *j, const char *path, struct elfsect_error *error);

/* Whether there is a journal; 1, 0 or -errno. */
int journal_exists(const struct journal *j, struct elfsect_error *error);

/* Make the journal of a plan, in memory. */
int journal_make(struct journal *j, const struct elfsect_plan *plan, struct elfsect_error *error);

/* Bring it to disk, name included. If that fails there is none. */
int journal_write(struct journal *j, struct elfsect_error *error);

/* Read and check what is beside the file of fd. -ENOENT: nothing; -EBADMSG: an incomplete journal. */
int journal_read(struct journal *j, int fd, struct elfsect_error *error);

/* Write one side of the changes into the file, sync it, read it again and compare. */
int journal_apply(const struct journal *j, int fd, enum journal_side side, struct elfsect_error *error);

/* Remove the journal. *removed: its name is gone, even if that may not be permanent yet. */
int journal_remove(const struct journal *j, bool *removed, struct elfsect_error *error);

void journal_close(struct journal *j);

#define autojournal __attribute__((cleanup(journal_close)))

#endif
