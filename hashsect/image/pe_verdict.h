/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What firmware with the given certificates would say of the signatures of a PE file. */
#ifndef HASHSECT_IMAGE_PE_VERDICT_H
#define HASHSECT_IMAGE_PE_VERDICT_H

#include "image/pe.h"
#include "trust/authenticode.h"
#include "trust/signers.h"
#include "trust/status.h"

/**
 * struct pe_signature - one entry of the certificate table
 * @has_signature: @signature could be read; borrowed from the table
 * @anchor: of a good one: the certificate that was given; borrowed
 * @reason: why it is not good, or ""
 */
struct pe_signature {
	struct pe_certificate entry;
	enum signature_status status;
	bool has_signature;
	struct authenticode signature;
	const X509 *anchor;
	struct elfsect_error reason;
};

/**
 * struct pe_verdict - of a file: bad or malformed if one of its signatures is; else good if one of them is
 * @reason: why it is not good, or ""
 * @list: @count of them, in the order of the table; owned
 * @signer: the index in it of the one that decided
 */
struct pe_verdict {
	enum signature_status status;
	struct elfsect_error reason;
	struct pe_signature *list;
	size_t count;
	size_t signer;
};

/**
 * pe_judge() - verify all signatures; pe_verdict_clear() afterwards, always
 *
 * Return: 0, whatever the verdict; -ENOMEM.
 */
ELFSECT_MUST_CHECK int pe_judge(const uint8_t *bytes, uint64_t size, const struct signers *signers,
				struct pe_verdict *verdict, struct elfsect_error *error);

/**
 * pe_covers() - whether every signature of a table is over the bytes of a file, whoever made it
 * @pe: the file, signed or not; its bytes are taken with the padding that a signer adds
 *
 * Return: 0; -EKEYREJECTED for a signature of other bytes; -EBADMSG, -ENOPKG for a table of which that cannot be said.
 */
ELFSECT_MUST_CHECK int pe_covers(const struct pe *pe, const uint8_t *table, uint64_t table_size, const char *table_name,
				 struct elfsect_error *error);

void pe_verdict_clear(struct pe_verdict *verdict);

#endif
