// SPDX-License-Identifier: LGPL-2.1-or-later
#include "trust/authenticode.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"

enum { DER_SET = 0x31, DER_CONTEXT_1 = 0xa1, SIZE_MAX_OF_MESSAGE = 0x40000 };

/* Contents of object identifiers below 1.3.6.1.4.1.311. */
static const uint8_t oid_indirect_data[] = {0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 1, 4};
static const uint8_t oid_pe_image_data[] = {0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 1, 15};
/* What old pesign wrote in its place, and what Linux takes as well: the purpose "individual code signing". */
static const uint8_t oid_individual[] = {0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 1, 21};
static const uint8_t oid_nested[] = {0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 4, 1};
static const uint8_t oid_timestamp[] = {0x2b, 6, 1, 4, 1, 0x82, 0x37, 3, 3, 1};

#define IS_OID(element, oid)                                                                                           \
	((element)->tag == DER_OID && (element)->length == sizeof(oid) && !memcmp((element)->content, oid, sizeof(oid)))

/* ------------------------------------------------------------------------------------------------------ algorithms */

/* An AlgorithmIdentifier, parameters absent or NULL; its number in libcrypto. */
static int take_algorithm(struct der_reader *reader, const char *what, int *nid, struct elfsect_error *error)
{
	struct der identifier, oid, parameters;
	int ret = der_expect(reader, DER_SEQUENCE, what, &identifier, error);

	if (!ret)
		ret = algorithm_identifier_read(&identifier, what, &oid, &parameters, error);
	if (ret)
		return ret;
	*nid = der_nid(&oid);
	if (parameters.size && !der_is_null(&parameters))
		return failure(error, ENOPKG, "%s: an algorithm with parameters", what);
	return 0;
}

static bool hash_of_firmware(const struct hash_algorithm *hash)
{
	return hash->nid == NID_sha256 || hash->nid == NID_sha384 || hash->nid == NID_sha512;
}

static int take_hash(struct der_reader *reader, const char *what, const struct hash_algorithm **hash,
		     struct elfsect_error *error)
{
	int nid = NID_undef;
	const int ret = take_algorithm(reader, what, &nid, error);

	if (ret)
		return ret;
	*hash = hash_algorithm_of_nid(nid);
	if (*hash && hash_of_firmware(*hash))
		return 0;
	return failure(error, ENOPKG, "%s: %s is not SHA-256, SHA-384 or SHA-512", what, nid ? OBJ_nid2sn(nid) : "it");
}

/* --------------------------------------------------------------------------------------------------------- content */

/*
 * SpcPeImageData ::= SEQUENCE { flags BIT STRING, file [0] EXPLICIT SpcLink OPTIONAL }
 * SpcLink ::= CHOICE { url [0], moniker [1] SpcSerializedObject, file [2] EXPLICIT ... }
 *
 * Hashes of pages are such a moniker. What stands here is signed, and says nothing of the file.
 */
static bool has_moniker(const struct der *image_data)
{
	struct der_reader reader = der_inside(image_data);
	struct elfsect_error ignored;
	struct der element;

	while (!der_done(&reader) && !der_next(&reader, &element, &ignored)) {
		struct der_reader inside = der_inside(&element);
		struct der link;

		if (element.tag == DER_CONTEXT_0 && !der_done(&inside) && !der_next(&inside, &link, &ignored) &&
		    link.tag == DER_CONTEXT_1)
			return true;
	}
	return false;
}

/*
 * SpcIndirectDataContent ::= SEQUENCE { data SEQUENCE { type OBJECT IDENTIFIER, value SpcPeImageData },
 *                                       messageDigest SEQUENCE { AlgorithmIdentifier, digest OCTET STRING } }
 */
static int read_indirect_data(struct authenticode *a, struct elfsect_error *error)
{
	struct der_reader reader = der_inside(&a->content), inside;
	const struct hash_algorithm *hash = NULL;
	struct der data, type, value = {0}, digest;
	int ret = der_expect(&reader, DER_SEQUENCE, "SpcIndirectDataContent", &data, error);

	if (!ret)
		ret = der_expect(&reader, DER_SEQUENCE, "digest of the file", &digest, error);
	if (!ret)
		ret = der_end(&reader, "SpcIndirectDataContent", error);
	if (ret)
		return ret;
	inside = der_inside(&data);
	ret = der_expect(&inside, DER_OID, "type of the data", &type, error);
	if (!ret && !IS_OID(&type, oid_pe_image_data) && !IS_OID(&type, oid_individual))
		ret = failure(error, EBADMSG, "a signature of something else than a PE file");
	if (!ret && !der_done(&inside))
		ret = der_next(&inside, &value, error);
	if (!ret)
		ret = der_end(&inside, "type of the data", error);
	if (ret)
		return ret;
	a->page_hashes = value.tag == DER_SEQUENCE && has_moniker(&value);
	inside = der_inside(&digest);
	ret = take_hash(&inside, "hash of the file", &hash, error);
	if (!ret)
		ret = der_expect(&inside, DER_OCTET_STRING, "digest of the file", &a->digest, error);
	if (!ret)
		ret = der_end(&inside, "digest of the file", error);
	if (ret)
		return ret;
	a->file_hash = hash->name;
	if (a->digest.length != hash_size(hash->nid == NID_sha256   ? "sha256"
					  : hash->nid == NID_sha384 ? "sha384"
								    : "sha512"))
		return failure(error, EBADMSG, "digest of the file: not of the length that %s has", hash->name);
	return 0;
}

/* ---------------------------------------------------------------------------------------------------------- signer */

static int read_unsigned_attributes(const struct der *set, struct authenticode *a, struct elfsect_error *error)
{
	struct der_reader reader = der_inside(set);

	while (!der_done(&reader)) {
		struct der attribute, type;
		struct der_reader inside;
		int ret = der_expect(&reader, DER_SEQUENCE, "unsigned attribute", &attribute, error);

		if (ret)
			return ret;
		inside = der_inside(&attribute);
		ret = der_expect(&inside, DER_OID, "unsigned attribute", &type, error);
		if (ret)
			return ret;
		a->unsigned_attributes++;
		a->nested |= IS_OID(&type, oid_nested);
		a->timestamp |= IS_OID(&type, oid_timestamp) || der_nid(&type) == NID_pkcs9_countersignature;
	}
	return 0;
}

static int read_signer_id(struct der_reader *reader, struct cms_signature *s, struct elfsect_error *error)
{
	struct der sid;
	struct der_reader inside;
	int ret = der_expect(reader, DER_SEQUENCE, "signer", &sid, error);

	if (ret)
		return ret;
	inside = der_inside(&sid);
	ret = der_expect(&inside, DER_SEQUENCE, "issuer", &s->issuer, error);
	if (!ret)
		ret = der_expect(&inside, DER_INTEGER, "serial number", &s->serial, error);
	return ret ? ret : der_end(&inside, "signer", error);
}

/* rsaEncryption, or RSA with the hash that was named before. */
static int take_rsa(struct der_reader *reader, const struct hash_algorithm *hash, struct cms_signature *s,
		    struct elfsect_error *error)
{
	int nid = NID_undef;
	const int ret = take_algorithm(reader, "signature algorithm", &nid, error);

	if (ret)
		return ret;
	if (nid != NID_rsaEncryption && nid != hash->rsa_nid)
		return failure(error, ENOPKG, "signature algorithm %s is not one that firmware takes",
			       nid ? OBJ_nid2sn(nid) : "(unknown)");
	s->family = KEY_RSA;
	s->hash = hash->name;
	s->hash_accepted = true;
	snprintf(s->algorithm, sizeof(s->algorithm), "RSA with %s", hash->name);
	return 0;
}

/*
 * SignerInfo ::= SEQUENCE { version 1, sid SEQUENCE { issuer, serial }, digestAlgorithm, signedAttrs [0],
 *                           signatureAlgorithm, signature OCTET STRING, unsignedAttrs [1] OPTIONAL }
 */
static int read_signer_info(const struct der *info, struct authenticode *a, struct elfsect_error *error)
{
	struct der_reader reader = der_inside(info);
	const struct hash_algorithm *hash = NULL;
	struct der version, rest;
	int ret = der_expect(&reader, DER_INTEGER, "SignerInfo", &version, error);

	if (!ret)
		ret = read_signer_id(&reader, &a->signer, error);
	if (!ret)
		ret = take_hash(&reader, "hash algorithm", &hash, error);
	if (ret)
		return ret;
	if (der_done(&reader) || *reader.next != DER_CONTEXT_0)
		return failure(error, ENOPKG, "without signed attributes");
	ret = der_expect(&reader, DER_CONTEXT_0, "signed attributes", &a->attributes, error);
	if (!ret)
		ret = take_rsa(&reader, hash, &a->signer, error);
	if (!ret)
		ret = der_expect(&reader, DER_OCTET_STRING, "signature", &a->signer.signature, error);
	if (!ret && !der_done(&reader)) {
		ret = der_expect(&reader, DER_CONTEXT_1, "unsigned attributes", &rest, error);
		if (!ret)
			ret = read_unsigned_attributes(&rest, a, error);
	}
	if (!ret)
		ret = der_end(&reader, "SignerInfo", error);
	if (!ret && strcmp(a->file_hash, hash->name) != 0)
		ret = failure(error, ENOPKG, "the hash of the file is %s, that of the signature %s", a->file_hash,
			      hash->name);
	return ret;
}

/* ------------------------------------------------------------------------------------------------------- structure */

/* SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT SpcIndirectDataContent } */
static int read_content(struct der_reader *reader, struct authenticode *a, struct elfsect_error *error)
{
	struct der info, type, tagged;
	struct der_reader inside;
	int ret = der_expect(reader, DER_SEQUENCE, "content", &info, error);

	if (ret)
		return ret;
	inside = der_inside(&info);
	ret = der_expect(&inside, DER_OID, "content type", &type, error);
	if (!ret && !IS_OID(&type, oid_indirect_data))
		ret = failure(error, EBADMSG, "content that is not SpcIndirectDataContent");
	if (!ret)
		ret = der_expect(&inside, DER_CONTEXT_0, "content", &tagged, error);
	if (!ret)
		ret = der_end(&inside, "content", error);
	if (ret)
		return ret;
	inside = der_inside(&tagged);
	ret = der_expect(&inside, DER_SEQUENCE, "SpcIndirectDataContent", &a->content, error);
	return ret ? ret : der_end(&inside, "content", error);
}

/*
 * SignedData ::= SEQUENCE { version 1, digestAlgorithms SET, encapContentInfo, certificates [0] OPTIONAL,
 *                           crls [1] OPTIONAL, signerInfos SET }
 */
static int read_signed_data(const struct der *data, struct authenticode *a, struct elfsect_error *error)
{
	struct der_reader reader = der_inside(data), inside;
	struct der element, infos;
	int ret = der_expect(&reader, DER_INTEGER, "SignedData", &element, error);

	if (!ret)
		ret = der_expect(&reader, DER_SET, "hash algorithms", &element, error);
	if (!ret)
		ret = read_content(&reader, a, error);
	if (!ret)
		ret = read_indirect_data(a, error);
	if (!ret && !der_done(&reader) && *reader.next == DER_CONTEXT_0)
		ret = der_expect(&reader, DER_CONTEXT_0, "certificates", &a->certificates, error);
	if (!ret && !der_done(&reader) && *reader.next == DER_CONTEXT_1)
		ret = der_expect(&reader, DER_CONTEXT_1, "revocation lists", &element, error);
	if (!ret)
		ret = der_expect(&reader, DER_SET, "signers", &infos, error);
	if (!ret)
		ret = der_end(&reader, "SignedData", error);
	if (ret)
		return ret;
	inside = der_inside(&infos);
	ret = der_expect(&inside, DER_SEQUENCE, "signer", &element, error);
	if (!ret && !der_done(&inside))
		return failure(error, ENOPKG, "more than one signer");
	return ret ? ret : read_signer_info(&element, a, error);
}

static int read_message(const uint8_t *bytes, uint64_t size, struct authenticode *a, struct elfsect_error *error)
{
	struct der_reader reader = {bytes, bytes + size}, inside;
	struct der whole, type, tagged, data;
	int ret;

	if (size > SIZE_MAX_OF_MESSAGE)
		return failure(error, EBADMSG, "%ju bytes, more than %d", (uintmax_t)size, SIZE_MAX_OF_MESSAGE);
	ret = der_expect(&reader, DER_SEQUENCE, "PKCS#7", &whole, error);
	if (!ret)
		ret = der_end(&reader, "PKCS#7", error);
	if (ret)
		return ret;
	inside = der_inside(&whole);
	ret = der_expect(&inside, DER_OID, "type", &type, error);
	if (!ret && der_nid(&type) != NID_pkcs7_signed)
		ret = failure(error, EBADMSG, "not of type SignedData");
	if (!ret)
		ret = der_expect(&inside, DER_CONTEXT_0, "SignedData", &tagged, error);
	if (!ret)
		ret = der_end(&inside, "PKCS#7", error);
	if (ret)
		return ret;
	inside = der_inside(&tagged);
	ret = der_expect(&inside, DER_SEQUENCE, "SignedData", &data, error);
	if (!ret)
		ret = der_end(&inside, "SignedData", error);
	return ret ? ret : read_signed_data(&data, a, error);
}

int authenticode_read(const uint8_t *bytes, uint64_t size, struct authenticode *a, struct elfsect_error *error)
{
	int ret;

	*a = (struct authenticode){0};
	ret = read_message(bytes, size, a, error);
	ERR_clear_error();
	return ret;
}

/* ---------------------------------------------------------------------------------------------------------- verify */

/* The only value of an attribute that has to be there once. */
static int attribute(const struct authenticode *a, int nid, const char *what, struct der *value,
		     struct elfsect_error *error)
{
	struct der_reader reader = der_inside(&a->attributes);
	bool found = false;

	while (!der_done(&reader)) {
		struct der one, type, set;
		struct der_reader inside;
		int ret = der_expect(&reader, DER_SEQUENCE, "signed attribute", &one, error);

		if (ret)
			return ret;
		inside = der_inside(&one);
		ret = der_expect(&inside, DER_OID, "signed attribute", &type, error);
		if (ret)
			return ret;
		if (der_nid(&type) != nid)
			continue;
		if (found)
			return failure(error, EBADMSG, "%s: twice among the signed attributes", what);
		found = true;
		ret = der_expect(&inside, DER_SET, what, &set, error);
		if (!ret)
			ret = der_end(&inside, what, error);
		if (ret)
			return ret;
		inside = der_inside(&set);
		ret = der_next(&inside, value, error);
		if (!ret)
			ret = der_end(&inside, what, error);
		if (ret)
			return ret;
	}
	return found ? 0 : failure(error, EBADMSG, "%s: not among the signed attributes", what);
}

/* The attributes say what is signed: the content, by its hash. */
static int check_attributes(const struct authenticode *a, struct elfsect_error *error)
{
	uint8_t sum[EVP_MAX_MD_SIZE];
	unsigned int size = 0;
	struct der value;
	EVP_MD *md;
	int ok, ret = attribute(a, NID_pkcs9_contentType, "content type", &value, error);

	if (!ret && !IS_OID(&value, oid_indirect_data))
		ret = failure(error, EBADMSG, "content type: not that of the content");
	if (!ret)
		ret = attribute(a, NID_pkcs9_messageDigest, "message digest", &value, error);
	if (ret)
		return ret;
	md = EVP_MD_fetch(NULL, a->signer.hash, NULL);
	ok = md && EVP_Digest(a->content.content, a->content.length, sum, &size, md, NULL);
	EVP_MD_free(md);
	if (!ok)
		return failure_errno(error, ENOMEM, "libcrypto");
	if (value.tag != DER_OCTET_STRING || value.length != size || memcmp(value.content, sum, size) != 0)
		return failure(error, EKEYREJECTED, "the signed attributes are of another content");
	return 0;
}

/* The signature is over the attributes as a SET: [0] stands there in its place. */
static int check_value(const struct authenticode *a, EVP_PKEY *key, struct elfsect_error *error)
{
	static const uint8_t set = DER_SET;
	EVP_MD_CTX *context;
	int ok = 0;

	if (!key || !EVP_PKEY_is_a(key, "RSA"))
		return failure(error, ENOPKG, "the key of its signer is not RSA");
	context = EVP_MD_CTX_new();
	if (!context)
		return failure_errno(error, ENOMEM, "libcrypto");
	if (EVP_DigestVerifyInit_ex(context, NULL, a->signer.hash, NULL, NULL, key, NULL) == 1 &&
	    EVP_DigestVerifyUpdate(context, &set, 1) == 1 &&
	    EVP_DigestVerifyUpdate(context, a->attributes.bytes + 1, a->attributes.size - 1) == 1)
		ok = EVP_DigestVerifyFinal(context, a->signer.signature.content, a->signer.signature.length);
	EVP_MD_CTX_free(context);
	return ok == 1 ? 0
		       : failure(error, EKEYREJECTED,
				 "the signature is not one by the key of the certificate it names");
}

/* The certificates in the message, as far as libcrypto reads them. */
static int embedded(const struct authenticode *a, STACK_OF(X509) * list)
{
	struct der_reader reader = der_inside(&a->certificates);
	struct elfsect_error ignored;
	struct der element;

	while (a->certificates.size && !der_done(&reader) && !der_next(&reader, &element, &ignored)) {
		const uint8_t *p = element.bytes;
		X509 *certificate = d2i_X509(NULL, &p, (long)element.size);

		if (certificate && !sk_X509_push(list, certificate)) {
			X509_free(certificate);
			return -ENOMEM;
		}
	}
	return 0;
}

/* A chain from a certificate to one of those that were given, as firmware builds it: no dates, any purpose. */
static int check_chain(X509 *signer, STACK_OF(X509) * others, const struct signers *anchors, const X509 **anchor,
		       struct elfsect_error *error)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	int ok = store && context;

	*anchor = NULL;
	for (size_t i = 0; i < anchors->count && ok; i++)
		ok = X509_STORE_add_cert(store, anchors->list[i]);
	if (ok)
		ok = X509_STORE_CTX_init(context, store, signer, others);
	if (!ok) {
		X509_STORE_CTX_free(context);
		X509_STORE_free(store);
		return failure_errno(error, ENOMEM, "libcrypto");
	}
	X509_STORE_CTX_set_flags(context, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME);
	ok = X509_verify_cert(context) == 1;
	if (ok) {
		const STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(context);
		X509 *last = sk_X509_value(chain, sk_X509_num(chain) - 1);

		for (size_t i = 0; i < anchors->count; i++)
			if (!X509_cmp(last, anchors->list[i]))
				*anchor = anchors->list[i];
	}
	X509_STORE_CTX_free(context);
	X509_STORE_free(store);
	return *anchor ? 0 : failure(error, ENOKEY, "no chain to a certificate that was given");
}

static int verify_with(const struct authenticode *a, STACK_OF(X509) * list, const struct signers *anchors,
		       const X509 **anchor, struct elfsect_error *error)
{
	X509 *signer = NULL;
	int ret;

	for (int i = 0; i < sk_X509_num(list) && !signer; i++)
		if (signers_match(&a->signer, sk_X509_value(list, i)))
			signer = sk_X509_value(list, i);
	for (size_t i = 0; i < anchors->count && !signer; i++)
		if (signers_match(&a->signer, anchors->list[i]))
			signer = anchors->list[i];
	if (!signer)
		return failure(error, ENOKEY, "the certificate of its signer is neither in it nor among those given");
	ret = check_value(a, X509_get0_pubkey(signer), error);
	return ret ? ret : check_chain(signer, list, anchors, anchor, error);
}

int authenticode_verify(const struct authenticode *a, const uint8_t *digest, const struct signers *anchors,
			const X509 **anchor, struct elfsect_error *error)
{
	STACK_OF(X509) *list = NULL;
	int ret;

	*anchor = NULL;
	if (memcmp(digest, a->digest.content, a->digest.length) != 0)
		return failure(error, EKEYREJECTED, "the signature is not that of the file's bytes");
	ret = check_attributes(a, error);
	if (ret)
		return ret;
	list = sk_X509_new_null();
	ret = list && !embedded(a, list) ? verify_with(a, list, anchors, anchor, error)
					 : failure_errno(error, ENOMEM, "libcrypto");
	sk_X509_pop_free(list, X509_free);
	ERR_clear_error();
	return ret;
}
