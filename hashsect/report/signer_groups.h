/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is the same for many signatures is said once, with their number: who made them, and how. */
#ifndef HASHSECT_REPORT_SIGNER_GROUPS_H
#define HASHSECT_REPORT_SIGNER_GROUPS_H

#include <stdio.h>

#include "store/entries.h"
#include "trust/cms.h"

/** struct signer_groups - a list; all zero is an empty one, signer_groups_clear() releases it */
struct signer_groups {
	struct signer_group {
		enum store_kind kind;
		char *text; /* owned */
		size_t count;
	} * list;
	size_t count;
};

/** store_signature_read() - the first signer of a signature as a store has it; false: it cannot be read */
bool store_signature_read(enum store_kind kind, const uint8_t *bytes, uint64_t size, struct cms_signature *signature);

/** signer_groups_add() - count a signature as a store has it; 0 or -ENOMEM */
ELFSECT_MUST_CHECK int signer_groups_add(struct signer_groups *groups, enum store_kind kind, const uint8_t *bytes,
					 uint64_t size);

/** signer_groups_print() - "  1121 modules: RSA with SHA256, by issuer CN=..., serial ...", a line for each */
void signer_groups_print(FILE *out, const struct signer_groups *groups);

void signer_groups_clear(struct signer_groups *groups);

#endif
