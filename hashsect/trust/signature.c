// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/error.h"
#include "trust/signature.h"

enum { RSA_EXPONENT_BITS_MAX = 32, RSA_BITS_MIN = 1024, RSA_BITS_MAX = 8192, POINT_UNCOMPRESSED = 4, FIELD_MIN = 32 };

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

int signature_algorithm_read(const struct der *identifier, struct signature_algorithm *algorithm,
			     struct elfsect_error *error)
{
	struct der oid, parameters;
	int nid, ret;

	ret = algorithm_identifier_read(identifier, "algorithm identifier", &oid, &parameters, error);
	if (ret)
		return ret;
	nid = der_nid(&oid);
	for (size_t i = 0; i < HASHES; i++) {
		const struct hash_algorithm *h = &hashes[i];
		const bool rsa = nid == h->rsa_nid && (h->uses & BY_RSA_ON_CERTIFICATES);

		if (!rsa && !(nid == h->ecdsa_nid && (h->uses & BY_EC_ON_CERTIFICATES)))
			continue;
		if (rsa ? !der_is_null(&parameters) : parameters.size != 0)
			return failure(error, EBADMSG,
				       "the parameters of the signature algorithm are not as they must be");
		*algorithm = (struct signature_algorithm){rsa ? KEY_RSA : KEY_EC, h};
		return 0;
	}
	return failure(error, EBADMSG, "a signature algorithm that is not known");
}

/* An RSA key's number is odd, at least 3 and has at most so many bits. */
static bool number_is_odd(const EVP_PKEY *key, const char *name, int bits)
{
	BIGNUM *n = NULL;
	bool odd = EVP_PKEY_get_bn_param(key, name, &n) == 1 && BN_is_odd(n) && !BN_is_one(n) && !BN_is_negative(n) &&
		   BN_num_bits(n) <= bits;

	BN_free(n);
	return odd;
}

static int check_rsa(const struct der *parameters, struct public_key *key, struct elfsect_error *error)
{
	const int bits = EVP_PKEY_get_bits(key->key);

	if (!der_is_null(parameters))
		return failure(error, EBADMSG, "public key: the parameters of an RSA key are not NULL");
	if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX)
		return failure(error, EBADMSG, "public key: an RSA modulus of %d bits, not of %d to %d", bits,
			       RSA_BITS_MIN, RSA_BITS_MAX);
	if (!number_is_odd(key->key, OSSL_PKEY_PARAM_RSA_N, RSA_BITS_MAX))
		return failure(error, EBADMSG, "public key: the RSA modulus is even");
	if (!number_is_odd(key->key, OSSL_PKEY_PARAM_RSA_E, RSA_EXPONENT_BITS_MAX))
		return failure(error, EBADMSG, "public key: the RSA exponent is not odd, at least 3 and below 2^32");
	key->family = KEY_RSA;
	return 0;
}

static int check_ec(const struct der *parameters, const struct der *point, struct public_key *key,
		    struct elfsect_error *error)
{
	const struct curve *curve = curve_of_nid(der_nid(parameters));

	if (!curve_is_accepted(curve))
		return failure(error, EBADMSG, "public key: an elliptic curve that is not P-256, P-384 or P-521");
	if (point->length != 2 + 2 * curve->field || point->content[1] != POINT_UNCOMPRESSED)
		return failure(error, EBADMSG, "public key: not an uncompressed point of its curve");
	key->family = KEY_EC;
	return 0;
}

static int decode_key(const struct der *info, struct public_key *key, struct elfsect_error *error)
{
	const uint8_t *p = info->bytes;
	uint8_t *again = NULL;
	int size;
	bool same;

	key->key = d2i_PUBKEY(NULL, &p, (long)info->size);
	if (!key->key)
		return failure(error, EBADMSG, "public key: it cannot be decoded");
	/* The key itself is inside a BIT STRING, out of the walk's sight: it must be what libcrypto writes for this
	 * key. */
	size = i2d_PUBKEY(key->key, &again);
	same = size > 0 && (uint64_t)size == info->size && memcmp(again, info->bytes, info->size) == 0;
	OPENSSL_free(again);
	return same ? 0 : failure(error, EBADMSG, "public key: it is not in its DER form");
}

/* SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING } */
int public_key_read(const struct der *info, struct public_key *key, struct elfsect_error *error)
{
	struct der_reader reader = der_inside(info);
	struct der identifier, oid, parameters, bits;
	int nid, ret;

	*key = (struct public_key){0};
	ret = der_expect(&reader, DER_SEQUENCE, "public key algorithm", &identifier, error);
	if (!ret)
		ret = der_expect(&reader, DER_BIT_STRING, "public key", &bits, error);
	if (!ret)
		ret = der_end(&reader, "public key", error);
	if (!ret)
		ret = algorithm_identifier_read(&identifier, "algorithm identifier", &oid, &parameters, error);
	if (ret)
		return ret;
	nid = der_nid(&oid);
	if (nid != NID_rsaEncryption && nid != NID_X9_62_id_ecPublicKey)
		return failure(error, EBADMSG, "public key: neither RSA nor EC");
	if (!bits.length || bits.content[0])
		return failure(error, EBADMSG, "public key: not a whole number of bytes");
	ret = decode_key(info, key, error);
	if (!ret)
		ret = nid == NID_rsaEncryption ? check_rsa(&parameters, key, error)
					       : check_ec(&parameters, &bits, key, error);
	if (ret)
		public_key_release(key);
	return ret;
}

void public_key_release(struct public_key *key)
{
	EVP_PKEY_free(key->key);
	key->key = NULL;
}

int signature_verify(const struct public_key *key, const struct signature_algorithm *algorithm,
		     const struct der *signed_part, const uint8_t *signature, uint64_t size,
		     struct elfsect_error *error)
{
	EVP_MD_CTX *context;
	int ok = 0;

	if (key->family != algorithm->family)
		return failure(error, EBADMSG, "the signature algorithm does not go with the certificate's own key");
	context = EVP_MD_CTX_new();
	if (!context)
		return failure_errno(error, ENOMEM, "signature");
	if (EVP_DigestVerifyInit_ex(context, NULL, algorithm->hash->name, NULL, NULL, key->key, NULL) == 1)
		ok = EVP_DigestVerify(context, signature, size, signed_part->bytes, signed_part->size);
	EVP_MD_CTX_free(context);
	return ok == 1 ? 0 : failure(error, EBADMSG, "it is self-signed, but its signature is not valid");
}
