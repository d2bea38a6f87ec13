/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From records to the root: FORMAT.md section 2. */
#ifndef HASHSECT_TREE_H
#define HASHSECT_TREE_H

#include "digest/records.h"

struct workers;

struct tree {
	const char *hash_name;
	size_t hash_size;
	uint8_t *leaves; /* of all parts, in order; owned */
	uint8_t *parts;	 /* part hashes, in order; owned */
	uint8_t root[HASHSECT_HASH_MAX];
};

/* Hash everything. The result does not depend on how many workers do it; NULL: this thread does. */
int tree_make(const struct records *records, const char *hash, enum hashsect_scope scope, struct workers *workers,
	      struct tree *tree, struct elfsect_error *error);
void tree_clear(struct tree *tree);

#endif
