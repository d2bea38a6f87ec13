/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The printed form of a digest: hashsect1:HASH:POLICY:SCOPE:HEX. */
#ifndef HASHSECT_TAG_H
#define HASHSECT_TAG_H

#include "common.h"

struct tag {
	char hash[16];
	char policy[64];
	char scope[8];
};

/* Take a tagged digest apart; false if it is none, or of a scheme that this version does not know. */
bool tag_parse(const char *digest, struct tag *tag);

/*
 * Fill in the options that were not given from a tag, and load the policy if that has not been done. Returns 0, or -EINVAL:
 * what was given contradicts the tag, or its policy is not built in and was not given.
 */
int tag_options(const struct tag *tag, const char *place, struct digest_options *options, struct elfsect_error *error);

/* Whether two digests have one tag, so that their hashes can be compared. */
bool tags_equal(const char *a, const char *b);

#endif
