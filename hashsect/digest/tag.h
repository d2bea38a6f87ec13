/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The printed form of a digest: hashsect1:HASH:POLICY:SCOPE:HEX, FORMAT.md section 1. */
#ifndef HASHSECT_DIGEST_TAG_H
#define HASHSECT_DIGEST_TAG_H

#include <stdbool.h>

#include "hashsect.h"

struct tag {
	char hash[16];
	char policy[64];
	char scope[8];
};

/* Take a tagged digest apart; false if it is none, or of a scheme that this version does not know. */
bool tag_parse(const char *digest, struct tag *tag);

/* Whether two digests have one tag, so that their hashes can be compared. */
bool tags_equal(const char *a, const char *b);

/* The printed form of a root of hash_size(hash) bytes; the caller frees it. NULL: no memory. */
char *tag_print(const char *hash, const struct hashsect_policy *policy, enum hashsect_scope scope, const uint8_t *root);

/* "file" or "loaded" */
const char *scope_name(enum hashsect_scope scope);

#endif
