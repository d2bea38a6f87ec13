// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What a certificate says. Its outline is read here, so that a report has serial number, key and key id whatever else
 * may be in it; names, times and usage are libcrypto's to decode.
 */
#include <stdio.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#include "base/der.h"
#include "elfsect_keyring.h"
#include "base/error.h"

/* The elements that something is asked of; all borrowed from the certificate's bytes. */
struct outline {
	struct der whole;
	struct der serial;
	struct der issuer;
	struct der subject;
	struct der key;
	struct der key_id; /* content of extension 2.5.29.14; size 0 if there is none */
};

static void cleanup_x509(X509 **x509)
{
	X509_free(*x509);
}

static void cleanup_key(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

/* ------------------------------------------------------------------------------------------------------- outline */

/* Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING } */
static int read_extension(const struct der *extension, struct outline *o, struct elfsect_error *error)
{
	struct der_reader reader = der_inside(extension), inside;
	struct der oid, element;
	int ret;

	ret = der_expect(&reader, DER_OID, "extension identifier", &oid, error);
	if (!ret)
		ret = der_next(&reader, &element, error);
	if (!ret && element.tag == DER_BOOLEAN)
		ret = der_next(&reader, &element, error);
	if (ret || der_nid(&oid) != NID_subject_key_identifier || element.tag != DER_OCTET_STRING)
		return ret;
	inside = der_inside(&element);
	if (!der_next(&inside, &element, NULL) && element.tag == DER_OCTET_STRING && der_done(&inside))
		o->key_id = element;
	return 0;
}

/* [3] holding one SEQUENCE of extensions; [1] and [2] may stand before it. */
static int read_extensions(struct der_reader *reader, struct outline *o, struct elfsect_error *error)
{
	struct der element, list;
	int ret = 0;

	while (!ret && !der_done(reader)) {
		struct der_reader inside;

		ret = der_next(reader, &element, error);
		if (ret || element.tag != DER_CONTEXT_3)
			continue;
		inside = der_inside(&element);
		ret = der_expect(&inside, DER_SEQUENCE, "extensions", &list, error);
		if (ret)
			return ret;
		inside = der_inside(&list);
		while (!ret && !der_done(&inside)) {
			ret = der_expect(&inside, DER_SEQUENCE, "extension", &element, error);
			if (!ret)
				ret = read_extension(&element, o, error);
		}
	}
	return ret;
}

/*
 * Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm AlgorithmIdentifier, signature BIT STRING }
 * TBSCertificate ::= SEQUENCE { version [0] DEFAULT v1, serialNumber INTEGER, signature AlgorithmIdentifier,
 *                               issuer Name, validity Validity, subject Name, subjectPublicKeyInfo, [1], [2],
 *                               extensions [3] }
 */
static int read_outline(const uint8_t *der, uint64_t size, struct outline *o, struct elfsect_error *error)
{
	struct der_reader outer = {der, der + size}, reader;
	struct der tbs, ignored;
	const struct {
		uint8_t tag;
		const char *what;
		struct der *element;
	} fields[] = {
		{DER_INTEGER, "serial number", &o->serial}, {DER_SEQUENCE, "signature", &ignored},
		{DER_SEQUENCE, "issuer", &o->issuer},	    {DER_SEQUENCE, "validity", &ignored},
		{DER_SEQUENCE, "subject", &o->subject},	    {DER_SEQUENCE, "public key", &o->key},
	};
	int ret;

	ret = der_expect(&outer, DER_SEQUENCE, "certificate", &o->whole, error);
	if (!ret)
		ret = der_end(&outer, "certificate", error);
	if (!ret)
		ret = der_check_nesting(&o->whole, error);
	if (ret)
		return ret;
	outer = der_inside(&o->whole);
	ret = der_expect(&outer, DER_SEQUENCE, "certificate", &tbs, error);
	if (!ret)
		ret = der_expect(&outer, DER_SEQUENCE, "signature algorithm", &ignored, error);
	if (!ret)
		ret = der_expect(&outer, DER_BIT_STRING, "signature", &ignored, error);
	if (!ret)
		ret = der_end(&outer, "certificate", error);
	if (ret)
		return ret;
	reader = der_inside(&tbs);
	if (!der_done(&reader) && *reader.next == DER_CONTEXT_0)
		ret = der_next(&reader, &ignored, error);
	for (size_t i = 0; !ret && i < sizeof(fields) / sizeof(fields[0]); i++)
		ret = der_expect(&reader, fields[i].tag, fields[i].what, fields[i].element, error);
	if (!ret)
		ret = read_extensions(&reader, o, error);
	if (ret)
		return ret;
	if (!o->serial.length || o->serial.length > ELFSECT_SERIAL_MAX)
		return failure(error, EBADMSG, "a serial number of %ju bytes, not of 1 to %d",
			       (uintmax_t)o->serial.length, ELFSECT_SERIAL_MAX);
	if (o->key_id.length > ELFSECT_KEY_ID_MAX)
		return failure(error, EBADMSG, "a subject key identifier of %ju bytes, more than %d",
			       (uintmax_t)o->key_id.length, ELFSECT_KEY_ID_MAX);
	return 0;
}

/* ------------------------------------------------------------------------------------------------------- as text */

static void print_hex(const uint8_t *bytes, uint64_t size, char *text)
{
	*text = '\0';
	for (uint64_t i = 0; i < size; i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
}

static void append(char *text, size_t room, const char *word)
{
	const size_t used = strlen(text);

	snprintf(text + used, room - used, "%s%s", used ? ", " : "", word);
}

/* A name that is too long ends in "...", without half a character. */
static void print_name(const X509_NAME *name, char *text, size_t room)
{
	BIO *bio = BIO_new(BIO_s_mem());
	int used = 0;

	if (bio && X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0)
		used = BIO_read(bio, text, (int)room - 4);
	if (used < 0)
		used = 0;
	text[used] = '\0';
	if (bio && BIO_pending(bio)) {
		while (used && ((uint8_t)text[used - 1] & 0xc0) == 0x80)
			used--;
		if (used && (uint8_t)text[used - 1] >= 0xc0)
			used--;
		memcpy(text + used, "...", 4);
	}
	BIO_free(bio);
}

static void print_time(const ASN1_TIME *asn1, char *text, size_t room)
{
	struct tm tm;

	if (!ASN1_TIME_to_tm(asn1, &tm) || !strftime(text, room, "%Y-%m-%dT%H:%M:%SZ", &tm))
		snprintf(text, room, "?");
}

/* SubjectPublicKeyInfo. The curves have the names that FIPS 186 gives them. */
static void print_key_type(const struct der *info, char *text, size_t room)
{
	static const char *const curves[][2] = {
		{"prime192v1", "P-192"}, {"prime256v1", "P-256"}, {"secp384r1", "P-384"}, {"secp521r1", "P-521"}};
	const uint8_t *p = info->bytes;
	__attribute__((cleanup(cleanup_key))) EVP_PKEY *key = d2i_PUBKEY(NULL, &p, (long)info->size);
	char group[64] = "";

	if (!key) {
		snprintf(text, room, "?");
	} else if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA || EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA_PSS) {
		snprintf(text, room, "%s-%d", EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA ? "RSA" : "RSA-PSS",
			 EVP_PKEY_get_bits(key));
	} else if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC) {
		EVP_PKEY_get_group_name(key, group, sizeof(group), NULL);
		for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
			if (!strcmp(group, curves[i][0]))
				snprintf(group, sizeof(group), "%s", curves[i][1]);
		snprintf(text, room, "EC-%.24s", *group ? group : "?");
	} else {
		snprintf(text, room, "%s", EVP_PKEY_get0_type_name(key) ? EVP_PKEY_get0_type_name(key) : "?");
	}
}

/* KeyUsage ::= BIT STRING, named bits (RFC 5280, 4.2.1.3) */
static void print_key_usage(const X509 *x509, char *text, size_t room)
{
	static const char *const names[] = {"digitalSignature", "nonRepudiation", "keyEncipherment",
					    "dataEncipherment", "keyAgreement",	  "keyCertSign",
					    "cRLSign",		"encipherOnly",	  "decipherOnly"};
	ASN1_BIT_STRING *bits = X509_get_ext_d2i(x509, NID_key_usage, NULL, NULL);

	for (int i = 0; bits && i < (int)(sizeof(names) / sizeof(names[0])); i++)
		if (ASN1_BIT_STRING_get_bit(bits, i))
			append(text, room, names[i]);
	ASN1_BIT_STRING_free(bits);
}

/* ExtKeyUsageSyntax ::= SEQUENCE OF OBJECT IDENTIFIER */
static void print_extended_key_usage(const X509 *x509, char *text, size_t room)
{
	EXTENDED_KEY_USAGE *purposes = X509_get_ext_d2i(x509, NID_ext_key_usage, NULL, NULL);

	for (int i = 0; purposes && i < sk_ASN1_OBJECT_num(purposes); i++) {
		const ASN1_OBJECT *purpose = sk_ASN1_OBJECT_value(purposes, i);
		const int nid = OBJ_obj2nid(purpose);
		char dotted[64] = "?";

		OBJ_obj2txt(dotted, sizeof(dotted), purpose, 1);
		append(text, room, nid == NID_undef ? dotted : OBJ_nid2sn(nid));
	}
	EXTENDED_KEY_USAGE_free(purposes);
}

static bool is_ca(const X509 *x509)
{
	BASIC_CONSTRAINTS *constraints = X509_get_ext_d2i(x509, NID_basic_constraints, NULL, NULL);
	const bool ca = constraints && constraints->ca;

	BASIC_CONSTRAINTS_free(constraints);
	return ca;
}

/* -------------------------------------------------------------------------------------------------------- describe */

static int describe(const struct outline *o, struct elfsect_certificate *d, struct elfsect_error *error)
{
	const uint8_t *p = o->whole.bytes;
	__attribute__((cleanup(cleanup_x509))) X509 *x509 = d2i_X509(NULL, &p, (long)o->whole.size);
	uint8_t hash[32];
	size_t hash_size = 0;

	d->decoded = x509 && p == o->whole.bytes + o->whole.size;
	if (!x509)
		x509 = X509_new();
	if (!x509 || !EVP_Q_digest(NULL, "SHA256", NULL, o->whole.bytes, o->whole.size, hash, &hash_size))
		return failure_errno(error, ENOMEM, "libcrypto");
	d->size = o->whole.size;
	d->self_issued = der_equal(&o->issuer, &o->subject);
	print_name(X509_get_subject_name(x509), d->subject, sizeof(d->subject));
	print_name(X509_get_issuer_name(x509), d->issuer, sizeof(d->issuer));
	print_hex(o->serial.content, o->serial.length, d->serial);
	print_hex(hash, hash_size, d->fingerprint);
	print_hex(o->key_id.content, o->key_id.length, d->key_id);
	print_key_type(&o->key, d->key_type, sizeof(d->key_type));
	print_time(X509_get0_notBefore(x509), d->not_before, sizeof(d->not_before));
	print_time(X509_get0_notAfter(x509), d->not_after, sizeof(d->not_after));
	print_key_usage(x509, d->key_usage, sizeof(d->key_usage));
	print_extended_key_usage(x509, d->extended_key_usage, sizeof(d->extended_key_usage));
	d->is_ca = is_ca(x509);
	return 0;
}

int elfsect_certificate_describe(const uint8_t *der, uint64_t size, struct elfsect_certificate *description,
				 struct elfsect_error *error)
{
	struct outline outline = {0};
	int ret;

	*description = (struct elfsect_certificate){0};
	ret = read_outline(der, size, &outline, error);
	if (!ret)
		ret = describe(&outline, description, error);
	ERR_clear_error();
	return ret;
}

/*
 * The kernel's loader (crypto/asymmetric_keys/x509_loader.c) wants 30 82 and a length of two bytes, which in DER is at
 * least 256.
 */
int elfsect_certificate_read(const uint8_t *bytes, uint64_t room, uint64_t *size,
			     struct elfsect_certificate *description, struct elfsect_error *error)
{
	struct der_reader reader = {bytes, bytes + room};
	struct elfsect_certificate scratch;
	struct der whole;
	int ret;

	ret = der_expect(&reader, DER_SEQUENCE, "certificate", &whole, error);
	if (ret)
		return ret;
	if (whole.length < 256 || whole.length > UINT16_MAX)
		return failure(error, EBADMSG,
			       "certificate: %ju bytes, but a kernel can only read 256 to 65535 behind the header",
			       (uintmax_t)whole.length);
	if (!description)
		description = &scratch;
	ret = elfsect_certificate_describe(whole.bytes, whole.size, description, error);
	if (ret)
		return ret;
	if (!description->decoded)
		return failure(error, EBADMSG, "certificate: its outline is right, but it cannot be decoded");
	*size = whole.size;
	return 0;
}
