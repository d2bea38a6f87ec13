/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From records to the root: FORMAT.md section 2. */
#ifndef HASHSECT_TREE_H
#define HASHSECT_TREE_H

#include "digest/records.h"

struct tree {
	const char *hash_name;
	size_t hash_size;
	uint8_t *leaves; /* of all parts, in order; owned */
	uint8_t *parts;	 /* part hashes, in order; owned */
	uint8_t root[HASHSECT_HASH_MAX];
};

/* Hash everything, with `threads` workers (0: one a processor). The result does not depend on their number. */
int tree_make(const struct records *records, const char *hash, enum hashsect_scope scope, unsigned int threads,
	      struct tree *tree, struct elfsect_error *error);
void tree_clear(struct tree *tree);

#endif
