// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What a certificate says. Its outline is read here, so that a report has serial number, key and key id whatever else
 * may be in it; names, times and usage are libcrypto's to decode.
 */
#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/certificate_outline.h"
#include "base/error.h"
#include "base/signature_algorithms.h"
#include "base/text.h"
#include "elfsect_keyring.h"
#include "kernel/certificate_profile.h"
#include "kernel/certificate_rule.h"

static void cleanup_x509(X509 **x509)
{
	X509_free(*x509);
}

static void cleanup_key(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

/* ------------------------------------------------------------------------------------------------------- outline */

/* The content of the subject key identifier, an OCTET STRING inside of that of the extension; size 0 if there is none.
 */
static int find_key_id(const struct certificate_outline *o, struct der *key_id, struct elfsect_error *error)
{
	struct der_reader list = der_inside(&o->extensions);

	*key_id = (struct der){0};
	while (o->extensions.size && !der_done(&list)) {
		struct certificate_extension extension;
		struct der_reader inside;
		struct der element;
		const int ret = certificate_extension_next(&list, &extension, error);

		if (ret)
			return ret;
		inside = der_inside(&extension.value);
		if (der_nid(&extension.oid) == NID_subject_key_identifier && !der_next(&inside, &element, NULL) &&
		    element.tag == DER_OCTET_STRING && der_done(&inside))
			*key_id = element;
	}
	if (key_id->length > ELFSECT_KEY_ID_MAX)
		return failure(error, EBADMSG, "a subject key identifier of %ju bytes, more than %d",
			       (uintmax_t)key_id->length, ELFSECT_KEY_ID_MAX);
	return 0;
}

static int read_outline(const uint8_t *der, uint64_t size, struct certificate_outline *o, struct elfsect_error *error)
{
	struct der_reader reader = {der, der + size};
	struct der whole;
	int ret;

	ret = der_expect(&reader, DER_SEQUENCE, "certificate", &whole, error);
	if (!ret)
		ret = der_end(&reader, "certificate", error);
	if (!ret)
		ret = certificate_outline_read(&whole, o, error);
	if (!ret && (!o->serial.length || o->serial.length > ELFSECT_SERIAL_MAX))
		return failure(error, EBADMSG, "a serial number of %ju bytes, not of 1 to %d",
			       (uintmax_t)o->serial.length, ELFSECT_SERIAL_MAX);
	return ret;
}

/* ------------------------------------------------------------------------------------------------------- as text */

static void append(char *text, size_t room, const char *word)
{
	const size_t used = strlen(text);

	snprintf(text + used, room - used, "%s%s", used ? ", " : "", word);
}

static void print_time(const ASN1_TIME *asn1, char *text, size_t room)
{
	struct tm tm;

	if (!ASN1_TIME_to_tm(asn1, &tm) || !strftime(text, room, "%Y-%m-%dT%H:%M:%SZ", &tm))
		snprintf(text, room, "?");
}

/* Of a key that this libcrypto knows nothing of: ML-DSA before 3.5. */
static const char *name_of_algorithm(const struct der *info)
{
	struct der_reader reader = der_inside(info);
	const char *name = NULL;
	struct der element;

	if (!der_expect(&reader, DER_SEQUENCE, "algorithm", &element, NULL)) {
		reader = der_inside(&element);
		name = !der_expect(&reader, DER_OID, "algorithm", &element, NULL) ? profile_oid_name(&element) : NULL;
	}
	return name ? name : "?";
}

/* SubjectPublicKeyInfo */
static void print_key_type(const struct der *info, char *text, size_t room)
{
	const uint8_t *p = info->bytes;
	__attribute__((cleanup(cleanup_key))) EVP_PKEY *key = d2i_PUBKEY(NULL, &p, (long)info->size);
	char group[64] = "";

	if (!key) {
		snprintf(text, room, "%.31s", name_of_algorithm(info));
	} else if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA || EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA_PSS) {
		snprintf(text, room, "%s-%d", EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA ? "RSA" : "RSA-PSS",
			 EVP_PKEY_get_bits(key));
	} else if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC) {
		const struct curve *curve = curve_of_key(key, group, sizeof(group));

		snprintf(text, room, "EC-%.24s", curve ? curve->name : *group ? group : "?");
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

/* Whether it keeps to the rule, and what is known of it then. */
static int judge(const struct der *whole, struct elfsect_certificate *d, struct elfsect_error *error)
{
	struct certificate_judgement judgement;
	struct elfsect_error why;
	const int ret = certificate_judge(whole, &judgement, &why);

	if (ret && ret != -EBADMSG)
		return failure(error, -ret, "%s", why.message);
	d->accepted = !ret;
	if (ret) {
		snprintf(d->refused, sizeof(d->refused), "%.*s", (int)sizeof(d->refused) - 1, why.message);
		return 0;
	}
	d->free_bytes = judgement.free_bytes;
	d->self_signed = judgement.self_signed;
	return 0;
}

static int describe(const struct certificate_outline *o, struct elfsect_certificate *d, struct elfsect_error *error)
{
	const uint8_t *p = o->whole.bytes;
	__attribute__((cleanup(cleanup_x509))) X509 *x509 = d2i_X509(NULL, &p, (long)o->whole.size);
	struct der key_id;
	uint8_t hash[32];
	size_t hash_size = 0;
	int ret;

	ret = find_key_id(o, &key_id, error);
	if (ret)
		return ret;

	d->decoded = x509 && p == o->whole.bytes + o->whole.size;
	if (!x509)
		x509 = X509_new();
	if (!x509 || !EVP_Q_digest(NULL, "SHA256", NULL, o->whole.bytes, o->whole.size, hash, &hash_size))
		return failure_errno(error, ENOMEM, "libcrypto");
	d->size = o->whole.size;
	d->self_issued = der_equal(&o->issuer, &o->subject);
	x509_name_text(X509_get_subject_name(x509), d->subject, sizeof(d->subject));
	x509_name_text(X509_get_issuer_name(x509), d->issuer, sizeof(d->issuer));
	text_hex(o->serial.content, o->serial.length, d->serial, sizeof(d->serial));
	text_hex(hash, hash_size, d->fingerprint, sizeof(d->fingerprint));
	text_hex(key_id.content, key_id.length, d->key_id, sizeof(d->key_id));
	print_key_type(&o->key, d->key_type, sizeof(d->key_type));
	print_time(X509_get0_notBefore(x509), d->not_before, sizeof(d->not_before));
	print_time(X509_get0_notAfter(x509), d->not_after, sizeof(d->not_after));
	print_key_usage(x509, d->key_usage, sizeof(d->key_usage));
	print_extended_key_usage(x509, d->extended_key_usage, sizeof(d->extended_key_usage));
	d->is_ca = is_ca(x509);
	return judge(&o->whole, d, error);
}

/* An RSA key that rsa_check_key_length() refuses, whatever libcrypto can do with it. */
static bool no_kernel_takes(const struct elfsect_certificate *d)
{
	uint64_t bits;

	return !strncmp(d->key_type, "RSA-", 4) && text_decimal(d->key_type + 4, &bits) && bits <= INT_MAX &&
	       !rsa_size_is_of_kernels((int)bits);
}

int elfsect_certificate_describe(const uint8_t *der, uint64_t size, struct elfsect_certificate *description,
				 struct elfsect_error *error)
{
	struct certificate_outline outline;
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
	if (no_kernel_takes(description))
		return failure(error, EBADMSG, "certificate: a key of type %s, which no kernel takes",
			       description->key_type);
	*size = whole.size;
	return 0;
}
