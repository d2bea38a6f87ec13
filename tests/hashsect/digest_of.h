/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The digest of a file in memory, or why there is none. */
#ifndef DIGEST_OF_H
#define DIGEST_OF_H

#include "elf_builder.h"
#include "hashsect.h"

struct digest_of {
	char text[256];		    /* the printed form, or "" */
	struct elfsect_error error; /* if there is none */
};

struct digest_of digest_of_bytes(const void *bytes, size_t size, const struct hashsect_policy *policy,
				 enum hashsect_scope scope);

/* Finish a builder, if that has not been done, and take its digest in scope `file`. */
struct digest_of digest_of_builder(struct elf_builder *b, const char *builtin_policy);

/* Fail the test unless the file is refused with a message that holds `reason`. Releases the builder. */
void assert_refused(struct elf_builder *b, const char *builtin_policy, const char *reason);

/* Fail the test unless the file has a digest. Releases the builder. */
void assert_accepted(struct elf_builder *b, const char *builtin_policy);

#endif
