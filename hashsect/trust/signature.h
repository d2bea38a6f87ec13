/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public keys and signature algorithms that a certificate may have (hashsect/FORMAT.md, 7.1, item 5). */
#ifndef HASHSECT_SIGNATURE_H
#define HASHSECT_SIGNATURE_H

#include <openssl/evp.h>

#include "base/der.h"

/** enum key_family - what a public key computes with */
enum key_family { KEY_RSA, KEY_EC };

/**
 * struct public_key - a key out of a SubjectPublicKeyInfo
 * @key: owned; public_key_release() frees it
 */
struct public_key {
	EVP_PKEY *key;
	enum key_family family;
};

/** struct signature_algorithm - how a signature is made; static data */
struct signature_algorithm {
	int nid;
	enum key_family family;
	const char *hash;
};

/**
 * public_key_read() - decode a SubjectPublicKeyInfo, if it is one of the accepted kinds and written in DER
 *
 * Return: 0; -EBADMSG with a reason that names no place.
 */
ELFSECT_MUST_CHECK int public_key_read(const struct der *info, struct public_key *key, struct elfsect_error *error);

void public_key_release(struct public_key *key);

/** signature_algorithm_read() - look up an AlgorithmIdentifier in the list of accepted ones */
ELFSECT_MUST_CHECK int signature_algorithm_read(const struct der *identifier,
						const struct signature_algorithm **algorithm,
						struct elfsect_error *error);

/** signature_verify() - whether @signature over the bytes of @signed_part is one by @key */
ELFSECT_MUST_CHECK int signature_verify(const struct public_key *key, const struct signature_algorithm *algorithm,
					const struct der *signed_part, const uint8_t *signature, uint64_t size,
					struct elfsect_error *error);

#endif
