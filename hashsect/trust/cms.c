// SPDX-License-Identifier: LGPL-2.1-or-later
#include "trust/cms.h"

#include <stdio.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <string.h>

#include "trust/certificate.h"
#include "base/error.h"

enum { DER_SET = 0x31, DER_KEY_ID = 0x80 };

/* ------------------------------------------------------------------------------------------------------ algorithms */

/* Parameters are absent or NULL. */
static int read_algorithm(const struct der *identifier, const char *what, struct der *oid, bool *has_null,
			  struct elfsect_error *error)
{
	struct der parameters;
	const int ret = algorithm_identifier_read(identifier, what, oid, &parameters, error);

	*has_null = !ret && der_is_null(&parameters);
	if (!ret && parameters.size && !*has_null)
		return failure(error, ENOPKG, "%s: an algorithm with parameters", what);
	return ret;
}

/* "its name", or its numbers if libcrypto knows no name. */
static int unknown_algorithm(const struct der *oid, const char *what, struct elfsect_error *error)
{
	const uint8_t *p = oid->bytes;
	ASN1_OBJECT *object = d2i_ASN1_OBJECT(NULL, &p, (long)oid->size);
	char name[128] = "?";

	if (object)
		OBJ_obj2txt(name, sizeof(name), object, 0);
	ASN1_OBJECT_free(object);
	return failure(error, ENOPKG, "%s %s is not one that module signatures use", what, name);
}

static int read_hash(const struct der *identifier, const struct hash_algorithm **hash, struct elfsect_error *error)
{
	struct der oid;
	bool has_null;
	int ret = read_algorithm(identifier, "hash algorithm", &oid, &has_null, error);

	if (ret)
		return ret;
	*hash = hash_algorithm_of_nid(der_nid(&oid));
	if (*hash)
		return 0;
	return unknown_algorithm(&oid, "hash algorithm", error);
}

/* rsaEncryption with NULL, or ecdsa-with-HASH without parameters; HASH is the one that was named before. */
static int read_signature_algorithm(const struct der *identifier, const struct hash_algorithm *hash,
				    enum key_family *family, struct elfsect_error *error)
{
	struct der oid;
	bool has_null;
	int nid, ret;

	ret = read_algorithm(identifier, "signature algorithm", &oid, &has_null, error);
	if (ret)
		return ret;
	nid = der_nid(&oid);
	if (nid == NID_rsaEncryption) {
		*family = KEY_RSA;
		return has_null ? 0 : failure(error, EBADMSG, "signature algorithm: RSA without NULL parameters");
	}
	*family = KEY_EC;
	if (nid == hash->ecdsa_nid)
		return has_null ? failure(error, EBADMSG, "signature algorithm: ECDSA with parameters") : 0;
	if (hash_algorithm_of_ecdsa(nid))
		return failure(error, EBADMSG, "signature algorithm: its hash is not the hash algorithm");
	return unknown_algorithm(&oid, "signature algorithm", error);
}

/* ---------------------------------------------------------------------------------------------------------- signer */

static bool shortest_integer(const struct der *i)
{
	return i->length && !(i->length > 1 && ((!i->content[0] && !(i->content[1] & 0x80)) ||
						(i->content[0] == 0xff && (i->content[1] & 0x80))));
}

/* SignerIdentifier ::= CHOICE { SEQUENCE { issuer Name, serialNumber INTEGER }, [0] IMPLICIT OCTET STRING } */
static int read_signer(const struct der *identifier, struct cms_signature *s, struct elfsect_error *error)
{
	struct der_reader reader = der_inside(identifier);
	int ret;

	if (identifier->tag == DER_KEY_ID) {
		if (!identifier->length || identifier->length > CMS_KEY_ID_MAX)
			return failure(error, EBADMSG, "a key identifier of %ju bytes, not of 1 to %d",
				       (uintmax_t)identifier->length, CMS_KEY_ID_MAX);
		s->key_id = *identifier;
		return 0;
	}
	if (identifier->tag != DER_SEQUENCE)
		return failure(error, EBADMSG, "signer: tag 0x%02x", identifier->tag);
	ret = der_expect(&reader, DER_SEQUENCE, "issuer", &s->issuer, error);
	if (!ret)
		ret = der_expect(&reader, DER_INTEGER, "serial number", &s->serial, error);
	if (!ret)
		ret = der_end(&reader, "signer", error);
	if (ret)
		return ret;
	if (s->issuer.size > CERTIFICATE_NAME_MAX)
		return failure(error, EBADMSG, "an issuer of more than %d bytes", CERTIFICATE_NAME_MAX);
	if (!shortest_integer(&s->serial) || s->serial.length > CERTIFICATE_SERIAL_MAX)
		return failure(error, EBADMSG, "a serial number that is not a number of 1 to %d bytes",
			       CERTIFICATE_SERIAL_MAX);
	return 0;
}

/* Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }, both positive; of accepted curves 66 bytes at most. */
static int check_ecdsa_value(const struct der *octets, struct elfsect_error *error)
{
	enum { INTEGER_MAX = 67 };
	struct der_reader reader = der_inside(octets);
	struct der value, number;
	int ret;

	ret = der_expect(&reader, DER_SEQUENCE, "ECDSA signature", &value, error);
	if (!ret)
		ret = der_end(&reader, "ECDSA signature", error);
	if (ret)
		return ret;
	reader = der_inside(&value);
	for (int i = 0; i < 2 && !ret; i++) {
		ret = der_expect(&reader, DER_INTEGER, "ECDSA signature", &number, error);
		if (!ret && (!shortest_integer(&number) || number.content[0] & 0x80 || number.length > INTEGER_MAX ||
			     (number.length == 1 && !number.content[0])))
			return failure(error, EBADMSG, "ECDSA signature: a number that is not positive, or too long");
	}
	return ret ? ret : der_end(&reader, "ECDSA signature", error);
}

static int check_signature_value(const struct cms_signature *s, struct elfsect_error *error)
{
	enum { RSA_BYTES_MIN = 128 };

	if (s->family == KEY_EC)
		return check_ecdsa_value(&s->signature, error);
	if (s->signature.length < RSA_BYTES_MIN || s->signature.length > CERTIFICATE_SIGNATURE_MAX)
		return failure(error, EBADMSG, "an RSA signature of %ju bytes, not of %d to %d",
			       (uintmax_t)s->signature.length, RSA_BYTES_MIN, CERTIFICATE_SIGNATURE_MAX);
	return 0;
}

/* ------------------------------------------------------------------------------------------------------- structure */

static int expect_version(struct der_reader *reader, uint8_t version, const char *what, struct elfsect_error *error)
{
	struct der element;
	int ret = der_expect(reader, DER_INTEGER, what, &element, error);

	if (!ret && (element.length != 1 || element.content[0] != version))
		return failure(error, EBADMSG, "%s: a version that is not %u", what, version);
	return ret;
}

/*
 * SignerInfo ::= SEQUENCE { version INTEGER (1, or 3 with a key identifier), sid SignerIdentifier, digestAlgorithm,
 *                           signedAttrs [0] OPTIONAL, signatureAlgorithm, signature OCTET STRING,
 *                           unsignedAttrs [1] OPTIONAL }
 */
static int read_signer_info(const struct der *info, const struct der *digest, uint8_t version, struct cms_signature *s,
			    struct elfsect_error *error)
{
	struct der_reader reader = der_inside(info);
	const struct hash_algorithm *hash;
	struct der sid, hash_id, signature_id;
	int ret;

	ret = expect_version(&reader, version, "SignerInfo", error);
	if (!ret)
		ret = der_next(&reader, &sid, error);
	if (!ret)
		ret = read_signer(&sid, s, error);
	if (!ret && (version == 3) != (s->key_id.size != 0))
		ret = failure(error, EBADMSG, "SignerInfo: the version does not go with the signer's identifier");
	if (!ret)
		ret = der_expect(&reader, DER_SEQUENCE, "hash algorithm", &hash_id, error);
	if (!ret && !der_equal(&hash_id, digest))
		ret = failure(error, EBADMSG, "the two hash algorithm fields differ");
	if (!ret)
		ret = read_hash(&hash_id, &hash, error);
	if (!ret && !der_done(&reader) && *reader.next == DER_CONTEXT_0)
		ret = failure(error, EBADMSG, "signed attributes, which kernels refuse on modules");
	if (!ret)
		ret = der_expect(&reader, DER_SEQUENCE, "signature algorithm", &signature_id, error);
	if (!ret)
		ret = read_signature_algorithm(&signature_id, hash, &s->family, error);
	if (!ret)
		ret = der_expect(&reader, DER_OCTET_STRING, "signature", &s->signature, error);
	if (!ret)
		ret = der_end(&reader, "SignerInfo (unsigned attributes?)", error);
	if (ret)
		return ret;
	s->hash = hash->name;
	s->hash_accepted = hash->uses & ON_MODULES;
	snprintf(s->algorithm, sizeof(s->algorithm), "%s with %s", s->family == KEY_RSA ? "RSA" : "ECDSA", hash->name);
	return check_signature_value(s, error);
}

/* The only element of a set. */
static int only_element(struct der_reader *reader, const char *what, struct der *element, struct elfsect_error *error)
{
	struct der set;
	struct der_reader inside;
	int ret = der_expect(reader, DER_SET, what, &set, error);

	if (ret)
		return ret;
	inside = der_inside(&set);
	ret = der_expect(&inside, DER_SEQUENCE, what, element, error);
	return ret ? ret : der_end(&inside, what, error);
}

/*
 * SignedData ::= SEQUENCE { version INTEGER, digestAlgorithms SET, encapContentInfo SEQUENCE { id-data },
 *                           certificates [0] OPTIONAL, crls [1] OPTIONAL, signerInfos SET }
 */
static int read_signed_data(const struct der *data, struct cms_signature *s, struct elfsect_error *error)
{
	struct der_reader reader = der_inside(data), inside;
	struct der digest, content, type, info;
	const uint8_t version = data->length > 2 && data->content[2] == 3 ? 3 : 1;
	int ret;

	ret = expect_version(&reader, version, "SignedData", error);
	if (!ret)
		ret = only_element(&reader, "hash algorithms", &digest, error);
	if (!ret)
		ret = der_expect(&reader, DER_SEQUENCE, "content", &content, error);
	if (ret)
		return ret;
	inside = der_inside(&content);
	ret = der_expect(&inside, DER_OID, "content type", &type, error);
	if (!ret && der_nid(&type) != NID_pkcs7_data)
		ret = failure(error, EBADMSG, "content of a type other than data");
	if (!ret)
		ret = der_end(&inside, "content (must be detached)", error);
	if (!ret && !der_done(&reader) && *reader.next != DER_SET)
		ret = failure(error, EBADMSG, "certificates or revocation lists in it");
	if (!ret)
		ret = only_element(&reader, "signers", &info, error);
	if (!ret)
		ret = der_end(&reader, "SignedData", error);
	return ret ? ret : read_signer_info(&info, &digest, version, s, error);
}

/* ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT SignedData } */
static int read_message(const uint8_t *bytes, uint64_t size, struct cms_signature *s, struct elfsect_error *error)
{
	struct der_reader reader = {bytes, bytes + size}, inside;
	struct der whole, type, tagged, data;
	int ret;

	*s = (struct cms_signature){0};
	if (size > CMS_SIZE_MAX)
		return failure(error, EBADMSG, "%ju bytes, more than %d", (uintmax_t)size, CMS_SIZE_MAX);
	ret = der_expect(&reader, DER_SEQUENCE, "PKCS#7", &whole, error);
	if (!ret)
		ret = der_end(&reader, "PKCS#7", error);
	if (!ret)
		ret = der_check_nesting(&whole, error);
	if (ret)
		return ret;
	reader = der_inside(&whole);
	ret = der_expect(&reader, DER_OID, "type", &type, error);
	if (!ret && der_nid(&type) != NID_pkcs7_signed)
		ret = failure(error, EBADMSG, "not of type SignedData");
	if (!ret)
		ret = der_expect(&reader, DER_CONTEXT_0, "SignedData", &tagged, error);
	if (!ret)
		ret = der_end(&reader, "PKCS#7", error);
	if (ret)
		return ret;
	inside = der_inside(&tagged);
	ret = der_expect(&inside, DER_SEQUENCE, "SignedData", &data, error);
	if (!ret)
		ret = der_end(&inside, "SignedData", error);
	return ret ? ret : read_signed_data(&data, s, error);
}

int cms_read(const uint8_t *bytes, uint64_t size, struct cms_signature *signature, struct elfsect_error *error)
{
	const int ret = read_message(bytes, size, signature, error);

	/* libcrypto's functions leave their own errors behind. */
	ERR_clear_error();
	return ret;
}

/* ---------------------------------------------------------------------------------------------------------- verify */

static int check_key(const struct cms_signature *s, const EVP_PKEY *key, struct elfsect_error *error)
{
	const struct curve *curve;
	char group[64];

	if (EVP_PKEY_is_a(key, "RSA") && !rsa_size_is_of_kernels(EVP_PKEY_get_bits(key)))
		return failure(error, ENOPKG, "an RSA key of %d bits, which no kernel takes", EVP_PKEY_get_bits(key));
	if (EVP_PKEY_is_a(key, "RSA"))
		return s->family == KEY_RSA ? 0 : failure(error, EKEYREJECTED, "an ECDSA signature, but an RSA key");
	if (!EVP_PKEY_is_a(key, "EC"))
		return failure(error, ENOPKG, "the key is of type %s, neither RSA nor EC",
			       EVP_PKEY_get0_type_name(key) ?: "?");
	if (s->family != KEY_EC)
		return failure(error, EKEYREJECTED, "an RSA signature, but an EC key");
	curve = curve_of_key(key, group, sizeof(group));
	if (!*group)
		return failure(error, ENOPKG, "a key on an elliptic curve without a name");
	if (curve_is_accepted(curve))
		return 0;
	return failure(error, ENOPKG, "a key on the elliptic curve %s, not P-256, P-384 or P-521", group);
}

/*
 * The hash goes over the content as it is and over nothing else, and RSA means PKCS #1 v1.5, as in the kernel.
 * CMS_verify() would parse the message a second time, with rules of its own.
 */
int cms_verify(const struct cms_signature *s, const uint8_t *content, uint64_t size, EVP_PKEY *key,
	       struct elfsect_error *error)
{
	EVP_MD_CTX *context;
	int ok = 0, ret;

	if (!s->hash_accepted)
		return failure(error, ENOPKG, "the hash algorithm %s is not accepted", s->hash);
	ret = check_key(s, key, error);
	if (ret)
		return ret;
	context = EVP_MD_CTX_new();
	if (!context)
		return failure_errno(error, ENOMEM, "libcrypto");
	if (EVP_DigestVerifyInit_ex(context, NULL, s->hash, NULL, NULL, key, NULL) == 1)
		ok = EVP_DigestVerify(context, s->signature.content, s->signature.length, content, size);
	EVP_MD_CTX_free(context);
	ERR_clear_error();
	return ok == 1 ? 0 : failure(error, EKEYREJECTED, "the signature is not that of the module's bytes");
}
