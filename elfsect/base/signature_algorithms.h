/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What signatures of certificates and of modules have in common: keys, hashes, and how they are named. */
#ifndef ELFSECT_BASE_SIGNATURE_ALGORITHMS_H
#define ELFSECT_BASE_SIGNATURE_ALGORITHMS_H

#include "base/der.h"
#include "base/x509_names.h"

/** enum key_family - what a key or a signature is of; the three sets of parameters of ML-DSA are three families */
enum key_family { KEY_RSA, KEY_EC, KEY_ML_DSA_44, KEY_ML_DSA_65, KEY_ML_DSA_87 };

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

/** hash_algorithm_of_rsa() - look up "RSA with this hash"; NULL if it is not known */
const struct hash_algorithm *hash_algorithm_of_rsa(int nid);

/** hash_algorithm_of_ecdsa() - look up "ECDSA with this hash"; NULL if it is not known */
const struct hash_algorithm *hash_algorithm_of_ecdsa(int nid);

/**
 * algorithm_identifier_read() - SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL }
 * @what: names it in messages
 * @parameters: size 0 if there are none
 */
ELFSECT_MUST_CHECK int algorithm_identifier_read(const struct der *identifier, const char *what, struct der *oid,
						 struct der *parameters, struct elfsect_error *error);

/** curve_is_accepted() - P-256, P-384 and P-521; NULL is not */
bool curve_is_accepted(const struct curve *curve);

/** rsa_size_is_of_kernels() - whether Linux (rsa_check_key_length()) takes an RSA modulus of so many bits */
bool rsa_size_is_of_kernels(int bits);

#endif
