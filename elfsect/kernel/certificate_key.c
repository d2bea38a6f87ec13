// SPDX-License-Identifier: LGPL-2.1-or-later
#include "kernel/certificate_key.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/error.h"
#include "kernel/certificate_profile.h"

enum { POINT_UNCOMPRESSED = 4, RSA_EXPONENT_BYTES_MAX = 4 };

/* FIPS 204: 2.16.840.1.101.3.4.3.17 and the next two, in bytes: libcrypto knows them from 3.5 on. */
static const uint8_t ml_dsa_44_oid[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x11};

static const struct {
	uint64_t key;
	uint64_t signature;
} ml_dsa_sizes[] = {{1312, 2420}, {1952, 3309}, {2592, 4627}};

enum { ML_DSA_KINDS = sizeof(ml_dsa_sizes) / sizeof(ml_dsa_sizes[0]) };

/* Which of the three an OBJECT IDENTIFIER is, or ML_DSA_KINDS. */
static unsigned int ml_dsa_index(const struct der *oid)
{
	const size_t last = sizeof(ml_dsa_44_oid) - 1;

	if (oid->length != sizeof(ml_dsa_44_oid) || memcmp(oid->content, ml_dsa_44_oid, last) != 0 ||
	    oid->content[last] < ml_dsa_44_oid[last] || oid->content[last] - ml_dsa_44_oid[last] >= ML_DSA_KINDS)
		return ML_DSA_KINDS;
	return oid->content[last] - ml_dsa_44_oid[last];
}

static int not_accepted(const struct der *oid, const char *what, struct elfsect_error *error)
{
	char text[192];

	profile_oid_text(oid, text, sizeof(text));
	return failure(error, EBADMSG, "%s %s: not one of those that are known", what, text);
}

/* ------------------------------------------------------------------------------------------------------------- keys */

/* SEQUENCE of two INTEGERs, neither negative, and nothing behind it. */
static int read_pair(const uint8_t *bytes, uint64_t size, const char *what, struct der *a, struct der *b,
		     struct elfsect_error *error)
{
	struct der_reader reader = {bytes, bytes + size};
	struct der pair;
	int ret;

	ret = der_expect(&reader, DER_SEQUENCE, what, &pair, error);
	if (!ret)
		ret = der_end(&reader, what, error);
	if (!ret)
		ret = der_check_nesting(&pair, error);
	if (ret)
		return ret;
	reader = der_inside(&pair);
	ret = der_expect(&reader, DER_INTEGER, what, a, error);
	if (!ret)
		ret = der_expect(&reader, DER_INTEGER, what, b, error);
	if (!ret)
		ret = der_end(&reader, what, error);
	if (!ret && (a->content[0] | b->content[0]) & 0x80)
		return failure(error, EBADMSG, "%s: a negative number", what);
	return ret;
}

/* Of an INTEGER that is not negative. */
static uint64_t bits_of(const struct der *integer)
{
	const uint64_t zeros = integer->content[0] == 0;
	uint64_t bits = 8 * (integer->length - zeros);

	for (uint8_t first = bits ? integer->content[zeros] : 0xff; !(first & 0x80); first = (uint8_t)(first << 1))
		bits--;
	return bits;
}

static bool is_odd(const struct der *integer)
{
	return integer->content[integer->length - 1] & 1;
}

static int check_rsa(const struct der *parameters, const uint8_t *key, uint64_t size, uint64_t *free_bytes,
		     struct elfsect_error *error)
{
	struct der modulus, exponent;
	uint64_t bits;
	int ret;

	if (!der_is_null(parameters))
		return failure(error, EBADMSG, "public key: the parameters of an RSA key are not NULL");
	ret = read_pair(key, size, "public key", &modulus, &exponent, error);
	if (ret)
		return ret;
	bits = bits_of(&modulus);
	if (bits < 1024 || bits > INT16_MAX || !rsa_size_is_of_kernels((int)bits))
		return failure(error, EBADMSG,
			       "public key: an RSA modulus of %ju bits, not of 1024, 1536, 2048, 3072 or 4096",
			       (uintmax_t)bits);
	if (!is_odd(&modulus))
		return failure(error, EBADMSG, "public key: the RSA modulus is even");
	if (!is_odd(&exponent) || bits_of(&exponent) < 2 || bits_of(&exponent) > 8 * RSA_EXPONENT_BYTES_MAX)
		return failure(error, EBADMSG, "public key: the RSA exponent is not odd, at least 3 and below 2^32");
	*free_bytes = modulus.length + exponent.length;
	return 0;
}

/* libcrypto computes whether the point is on the curve, with coordinates below its prime. */
static int check_ec(const struct der *info, const struct der *parameters, const uint8_t *key, uint64_t size,
		    uint64_t *free_bytes, struct elfsect_error *error)
{
	const struct curve *curve = curve_of_nid(der_nid(parameters));
	const uint8_t *p = info->bytes;
	EVP_PKEY *decoded;

	if (!curve_is_accepted(curve))
		return failure(error, EBADMSG, "public key: an elliptic curve that is not P-256, P-384 or P-521");
	if (size != 1 + 2 * curve->field || key[0] != POINT_UNCOMPRESSED)
		return failure(error, EBADMSG, "public key: not an uncompressed point of its curve");
	decoded = d2i_PUBKEY(NULL, &p, (long)info->size);
	if (!decoded)
		return failure(error, EBADMSG, "public key: not a point of its curve");
	EVP_PKEY_free(decoded);
	*free_bytes = size - 1;
	return 0;
}

static int check_ml_dsa(unsigned int which, const struct der *parameters, uint64_t size, uint64_t *free_bytes,
			struct elfsect_error *error)
{
	if (parameters->size)
		return failure(error, EBADMSG, "public key: an ML-DSA key with parameters");
	if (size != ml_dsa_sizes[which].key)
		return failure(error, EBADMSG, "public key: an ML-DSA key of %ju bytes, not %ju", (uintmax_t)size,
			       (uintmax_t)ml_dsa_sizes[which].key);
	*free_bytes = size;
	return 0;
}

/* SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING } */
int public_key_check(const struct der *info, enum key_family *kind, uint64_t *free_bytes, struct elfsect_error *error)
{
	struct der_reader reader = der_inside(info);
	struct der identifier, oid, parameters, bits;
	unsigned int which;
	int ret;

	ret = der_expect(&reader, DER_SEQUENCE, "public key algorithm", &identifier, error);
	if (!ret)
		ret = der_expect(&reader, DER_BIT_STRING, "public key", &bits, error);
	if (!ret)
		ret = der_end(&reader, "public key", error);
	if (!ret)
		ret = algorithm_identifier_read(&identifier, "public key algorithm", &oid, &parameters, error);
	if (ret)
		return ret;
	if (bits.length < 2 || bits.content[0])
		return failure(error, EBADMSG, "public key: not a whole number of bytes");
	which = ml_dsa_index(&oid);
	if (which < ML_DSA_KINDS) {
		*kind = KEY_ML_DSA_44 + which;
		return check_ml_dsa(which, &parameters, bits.length - 1, free_bytes, error);
	}
	if (der_nid(&oid) == NID_rsaEncryption) {
		*kind = KEY_RSA;
		return check_rsa(&parameters, bits.content + 1, bits.length - 1, free_bytes, error);
	}
	if (der_nid(&oid) == NID_X9_62_id_ecPublicKey) {
		*kind = KEY_EC;
		return check_ec(info, &parameters, bits.content + 1, bits.length - 1, free_bytes, error);
	}
	return not_accepted(&oid, "public key: algorithm", error);
}

/* ------------------------------------------------------------------------------------------------------- signatures */

int signature_kind_read(const struct der *identifier, struct signature_kind *kind, struct elfsect_error *error)
{
	const struct hash_algorithm *hash;
	struct der oid, parameters;
	unsigned int which;
	int ret;

	ret = algorithm_identifier_read(identifier, "signature algorithm", &oid, &parameters, error);
	if (ret)
		return ret;
	which = ml_dsa_index(&oid);
	if (which < ML_DSA_KINDS)
		*kind = (struct signature_kind){KEY_ML_DSA_44 + which, NULL};
	else if ((hash = hash_algorithm_of_rsa(der_nid(&oid))) && hash->uses & BY_RSA_ON_CERTIFICATES)
		*kind = (struct signature_kind){KEY_RSA, hash};
	else if ((hash = hash_algorithm_of_ecdsa(der_nid(&oid))) && hash->uses & BY_EC_ON_CERTIFICATES)
		*kind = (struct signature_kind){KEY_EC, hash};
	else
		return not_accepted(&oid, "signature algorithm", error);
	if (kind->key == KEY_RSA ? !der_is_null(&parameters) : parameters.size != 0)
		return failure(error, EBADMSG, "the parameters of the signature algorithm are not as they must be");
	return 0;
}

int signature_check_form(const struct signature_kind *kind, const uint8_t *signature, uint64_t size,
			 struct elfsect_error *error)
{
	enum { RSA_MIN = 64, RSA_MAX = 1024, ECDSA_NUMBER_MAX = 67 };
	struct der r, s;
	uint64_t wanted;
	int ret;

	if (kind->key == KEY_RSA) {
		if (size >= RSA_MIN && size <= RSA_MAX)
			return 0;
		return failure(error, EBADMSG, "an RSA signature of %ju bytes, not of %d to %d", (uintmax_t)size,
			       RSA_MIN, RSA_MAX);
	}
	if (kind->key == KEY_EC) {
		ret = read_pair(signature, size, "ECDSA signature", &r, &s, error);
		if (!ret && (r.length > ECDSA_NUMBER_MAX || s.length > ECDSA_NUMBER_MAX))
			return failure(error, EBADMSG, "ECDSA signature: a number of more than %d bytes",
				       ECDSA_NUMBER_MAX);
		return ret;
	}
	wanted = ml_dsa_sizes[kind->key - KEY_ML_DSA_44].signature;
	if (size == wanted)
		return 0;
	return failure(error, EBADMSG, "an ML-DSA signature of %ju bytes, not %ju", (uintmax_t)size, (uintmax_t)wanted);
}

int signature_verifies(const struct der *info, const struct signature_kind *kind, const struct der *signed_part,
		       const uint8_t *signature, uint64_t size)
{
	const uint8_t *p = info->bytes;
	EVP_PKEY *key = d2i_PUBKEY(NULL, &p, (long)info->size);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	int ret = context ? 0 : -ENOMEM;

	if (key && context &&
	    EVP_DigestVerifyInit_ex(context, NULL, kind->hash ? kind->hash->name : NULL, NULL, NULL, key, NULL) == 1)
		ret = EVP_DigestVerify(context, signature, size, signed_part->bytes, signed_part->size) == 1;
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	return ret;
}
