/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The stages of one digest, held together for those who need more than its result. */
#ifndef HASHSECT_DIGEST_H
#define HASHSECT_DIGEST_H

#include "digest/tree.h"

struct analysis {
	const struct hashsect_map *map; /* in force for this file, or NULL; borrowed */
	struct hashsect_map *own_map;	/* owned: that of the file's note, if it is used */
	struct resolution resolution;
	struct numbers numbers;
	struct records records;
	struct tree tree;
};

/* Stages borrow from each other: the struct must not move. */
int analysis_make(const struct elfsect_view *view, const struct hashsect_options *options, struct analysis *analysis,
		  struct elfsect_error *error);
void analysis_clear(struct analysis *analysis);

#endif
