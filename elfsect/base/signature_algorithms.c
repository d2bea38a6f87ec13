// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/signature_algorithms.h"

#include <openssl/objects.h>

enum { FIELD_MIN = 32 };

/* libcrypto 3.0 has no table that leads from ECDSA with SHA-3 to its hash. */
enum { EVERYWHERE = BY_RSA_ON_CERTIFICATES | BY_EC_ON_CERTIFICATES | ON_MODULES };

static const struct hash_algorithm hashes[] = {
	{NID_sha1, NID_sha1WithRSAEncryption, NID_ecdsa_with_SHA1, "SHA1", BY_RSA_ON_CERTIFICATES},
	{NID_sha224, NID_sha224WithRSAEncryption, NID_ecdsa_with_SHA224, "SHA224", 0},
	{NID_sha256, NID_sha256WithRSAEncryption, NID_ecdsa_with_SHA256, "SHA256", EVERYWHERE},
	{NID_sha384, NID_sha384WithRSAEncryption, NID_ecdsa_with_SHA384, "SHA384", EVERYWHERE},
	{NID_sha512, NID_sha512WithRSAEncryption, NID_ecdsa_with_SHA512, "SHA512", EVERYWHERE},
	{NID_sha3_256, NID_RSA_SHA3_256, NID_ecdsa_with_SHA3_256, "SHA3-256", EVERYWHERE},
	{NID_sha3_384, NID_RSA_SHA3_384, NID_ecdsa_with_SHA3_384, "SHA3-384", EVERYWHERE},
	{NID_sha3_512, NID_RSA_SHA3_512, NID_ecdsa_with_SHA3_512, "SHA3-512", EVERYWHERE},
};

enum { HASHES = sizeof(hashes) / sizeof(hashes[0]) };

const struct hash_algorithm *hash_algorithm_of_nid(int nid)
{
	for (size_t i = 0; i < HASHES; i++)
		if (nid == hashes[i].nid)
			return &hashes[i];
	return NULL;
}

const struct hash_algorithm *hash_algorithm_of_rsa(int nid)
{
	for (size_t i = 0; i < HASHES; i++)
		if (nid == hashes[i].rsa_nid)
			return &hashes[i];
	return NULL;
}

const struct hash_algorithm *hash_algorithm_of_ecdsa(int nid)
{
	for (size_t i = 0; i < HASHES; i++)
		if (nid == hashes[i].ecdsa_nid)
			return &hashes[i];
	return NULL;
}

bool curve_is_accepted(const struct curve *curve)
{
	return curve && curve->field >= FIELD_MIN;
}

int algorithm_identifier_read(const struct der *identifier, const char *what, struct der *oid, struct der *parameters,
			      struct elfsect_error *error)
{
	struct der_reader reader = der_inside(identifier);
	int ret;

	*parameters = (struct der){0};
	ret = der_expect(&reader, DER_OID, what, oid, error);
	if (!ret && !der_done(&reader))
		ret = der_next(&reader, parameters, error);
	return ret ? ret : der_end(&reader, what, error);
}

bool rsa_size_is_of_kernels(int bits)
{
	return bits == 512 || bits == 1024 || bits == 1536 || bits == 2048 || bits == 3072 || bits == 4096;
}
