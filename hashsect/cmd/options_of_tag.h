/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the tag of a digest that was printed to the options that make one like it. */
#ifndef HASHSECT_CMD_OPTIONS_OF_TAG_H
#define HASHSECT_CMD_OPTIONS_OF_TAG_H

#include "digest/tag.h"
#include "digest_files.h"

/*
 * Fill in the options that were not given from a tag, and load the policy if that has not been done. Returns 0, or
 * -EINVAL: what was given contradicts the tag, or its policy is not built in and was not given.
 */
int options_of_tag(const struct tag *tag, const char *place, struct digest_options *options,
		   struct elfsect_error *error);

#endif
