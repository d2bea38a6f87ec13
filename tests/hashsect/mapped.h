/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A generated linked file with its map, and the files that come of it: stripped, with a note, both. */
#ifndef MAPPED_H
#define MAPPED_H

#include <stdbool.h>

#include "digest_of.h"
#include "elf_cases.h"

/** struct image - a file in memory */
struct image {
	struct elf_builder *b; /* owned */
	uint8_t *bytes;	       /* the builder's */
	size_t size;
};

/** image_begin() - a case before it is laid out; image_finish() does that */
struct elf_builder *image_begin(const struct elf_case *c, const struct elf_variant *v, bool stripped);

/** image_add_note() - a section .gnu.warning.hashsect with this text; returns its index */
uint32_t image_add_note(struct elf_builder *b, const char *text);

struct image image_finish(struct elf_builder *b);
void image_free(struct image *image);

/** mapped_text() - the map of a file under a policy; fails the test if there is none. The caller frees it */
char *mapped_text(const struct image *image, const struct hashsect_policy *policy);

/**
 * digest_with_map() - the digest of a file, with a map or, if the text is NULL, without
 * @left_out: receives whether the file's note was left out; may be NULL
 *
 * The result's text is "" if the map or the file is refused.
 */
struct digest_of digest_with_map(const struct image *image, const struct hashsect_policy *policy,
				 enum hashsect_scope scope, const char *text, bool *left_out);

/** case_of() - the case of this name; fails the test if there is none */
const struct elf_case *case_of(const char *name);

/** variant_of() - "32le", "32be", "64le" or "64be" */
const struct elf_variant *variant_of(const char *name);

/** replaced() - a copy of the text with the first @from replaced by @to, which the caller frees; @from must be there */
char *replaced(const char *text, const char *from, const char *to);

/** assert_digest() - the text is that of a digest */
void assert_digest(const struct digest_of *d);

/** assert_refused_with() - there is no digest, for this reason */
void assert_refused_with(const struct digest_of *d, const char *reason);

/** image_of() - a case by its name and variant */
struct image image_of(const char *name, const char *variant, bool stripped);

/** policy_of() - the policy of a text in the form of a policy file; the caller frees it */
struct hashsect_policy *policy_of(const char *text);

/** linux_policy - the built-in one, between linux_policy_load() and linux_policy_free(), a group's setup and teardown
 */
extern struct hashsect_policy *linux_policy;
int linux_policy_load(void **state);
int linux_policy_free(void **state);

/** struct change - a part of a map that is replaced, and why the map is refused then */
struct change {
	const char *from, *to, *reason;
};

/** changed_maps() - each change to the map of linked-keyring-64le is refused, for the stripped file and the whole one
 */
void changed_maps(const struct change *changes, size_t count);

#endif
