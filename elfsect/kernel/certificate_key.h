/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public keys and signatures that a certificate may have: hashsect/FORMAT.md, 7.1, items 7 and 8. */
#ifndef ELFSECT_KERNEL_CERTIFICATE_KEY_H
#define ELFSECT_KERNEL_CERTIFICATE_KEY_H

#include "base/signature_algorithms.h"

/** struct signature_kind - how a signature is made; @hash is NULL for ML-DSA, which has its own */
struct signature_kind {
	enum key_family key;
	const struct hash_algorithm *hash;
};

/**
 * public_key_check() - judge a SubjectPublicKeyInfo
 * @free_bytes: receives how many of its bytes its maker chose
 *
 * Return: 0; -EBADMSG with a reason that names no place; -ENOMEM.
 */
ELFSECT_MUST_CHECK int public_key_check(const struct der *info, enum key_family *kind, uint64_t *free_bytes,
					struct elfsect_error *error);

/** signature_kind_read() - look up an AlgorithmIdentifier; the message for one that is not accepted names it */
ELFSECT_MUST_CHECK int signature_kind_read(const struct der *identifier, struct signature_kind *kind,
					   struct elfsect_error *error);

/** signature_check_form() - whether bytes can be a signature of this kind at all */
ELFSECT_MUST_CHECK int signature_check_form(const struct signature_kind *kind, const uint8_t *signature, uint64_t size,
					    struct elfsect_error *error);

/**
 * signature_verifies() - whether a signature over the bytes of @signed_part is one by the key in @info
 *
 * Return: 1, 0, -ENOMEM. An ML-DSA signature that this libcrypto knows nothing of does not verify.
 */
ELFSECT_MUST_CHECK int signature_verifies(const struct der *info, const struct signature_kind *kind,
					  const struct der *signed_part, const uint8_t *signature, uint64_t size);

#endif
