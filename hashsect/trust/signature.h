/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public keys and signature algorithms that a certificate may have (hashsect/FORMAT.md, 7.1, item 5). */
#ifndef HASHSECT_SIGNATURE_H
#define HASHSECT_SIGNATURE_H

#include <openssl/evp.h>

#include "base/der.h"
#include "base/x509_names.h"

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

/** enum hash_use - which signatures may be over a hash */
enum hash_use { BY_RSA_ON_CERTIFICATES = 1, BY_EC_ON_CERTIFICATES = 2, ON_MODULES = 4 };

/**
 * struct hash_algorithm - a hash, and how a signature over it is named
 * @nid: libcrypto's number, and those of the signature algorithms that RSA and EC keys use it in
 * @name: libcrypto's name: "SHA512"
 * @uses: enum hash_use, ORed: the signatures that are accepted
 */
struct hash_algorithm {
	int nid;
	int rsa_nid;
	int ecdsa_nid;
	const char *name;
	unsigned int uses;
};

/** hash_algorithm_of_nid() - look up a hash; NULL if it is not known */
const struct hash_algorithm *hash_algorithm_of_nid(int nid);

/** hash_algorithm_of_ecdsa() - look up "ECDSA with this hash"; NULL if it is not known */
const struct hash_algorithm *hash_algorithm_of_ecdsa(int nid);

/** struct signature_algorithm - how a signature is made */
struct signature_algorithm {
	enum key_family family;
	const struct hash_algorithm *hash;
};

/**
 * algorithm_identifier_read() - SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL }
 * @what: names it in messages
 * @parameters: size 0 if there are none
 */
ELFSECT_MUST_CHECK int algorithm_identifier_read(const struct der *identifier, const char *what, struct der *oid,
						 struct der *parameters, struct elfsect_error *error);

/** curve_is_accepted() - P-256, P-384 and P-521; NULL is not */
bool curve_is_accepted(const struct curve *curve);

/**
 * public_key_read() - decode a SubjectPublicKeyInfo, if it is one of the accepted kinds and written in DER
 *
 * Return: 0; -EBADMSG with a reason that names no place.
 */
ELFSECT_MUST_CHECK int public_key_read(const struct der *info, struct public_key *key, struct elfsect_error *error);

void public_key_release(struct public_key *key);

/** signature_algorithm_read() - of a certificate: an AlgorithmIdentifier that is one of the accepted ones */
ELFSECT_MUST_CHECK int signature_algorithm_read(const struct der *identifier, struct signature_algorithm *algorithm,
						struct elfsect_error *error);

/** signature_verify() - whether @signature over the bytes of @signed_part is one by @key */
ELFSECT_MUST_CHECK int signature_verify(const struct public_key *key, const struct signature_algorithm *algorithm,
					const struct der *signed_part, const uint8_t *signature, uint64_t size,
					struct elfsect_error *error);

#endif
