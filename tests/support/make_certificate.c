// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "make_certificate.h"

static void must(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "make_certificate: %s failed\n", what);
	abort();
}

EVP_PKEY *make_key(const char *curve, unsigned int rsa_bits)
{
	static struct {
		char name[16];
		EVP_PKEY *key;
	} keys[16];
	char name[16];
	size_t i;

	snprintf(name, sizeof(name), "%s%u", curve ? curve : "RSA", curve ? 0 : rsa_bits);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]) && keys[i].key; i++)
		if (strcmp(keys[i].name, name) == 0)
			return keys[i].key;
	must(i < sizeof(keys) / sizeof(keys[0]), "room for a key");
	memcpy(keys[i].name, name, sizeof(name));
	keys[i].key = curve ? EVP_EC_gen(curve) : EVP_RSA_gen(rsa_bits);
	must(keys[i].key != NULL, "key generation");
	return keys[i].key;
}

void add_extension(X509 *x509, const char *oid, const uint8_t *value, size_t size)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
	X509_EXTENSION *extension;

	must(object && octets && ASN1_OCTET_STRING_set(octets, value, (int)size), "extension value");
	extension = X509_EXTENSION_create_by_OBJ(NULL, object, 0, octets);
	must(extension && X509_add_ext(x509, extension, -1), "extension");
	X509_EXTENSION_free(extension);
	ASN1_OCTET_STRING_free(octets);
	ASN1_OBJECT_free(object);
}

static void set_name(X509_NAME *name, const char *text)
{
	must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)text, -1, -1, 0), "name");
}

static void add_key_id(X509 *x509)
{
	uint8_t value[22] = {0x04, 20};

	must(X509_pubkey_digest(x509, EVP_sha1(), value + 2, NULL), "key id");
	add_extension(x509, "2.5.29.14", value, sizeof(value));
}

uint8_t *make_certificate(const struct certificate_spec *spec, size_t *size)
{
	const char *subject = spec->subject ? spec->subject : "Test key";
	EVP_PKEY *key = make_key(spec->curve, spec->rsa_bits ? spec->rsa_bits : 2048);
	X509 *x509 = X509_new();
	uint8_t *der = NULL;
	int length;

	must(x509 && X509_set_version(x509, X509_VERSION_3), "version");
	must(ASN1_INTEGER_set(X509_get_serialNumber(x509), 0x1234567), "serial number");
	must(ASN1_TIME_set_string_X509(X509_getm_notBefore(x509), "20250131120000Z"), "not before");
	must(ASN1_TIME_set_string_X509(X509_getm_notAfter(x509), "21250107120000Z"), "not after");
	set_name(X509_get_subject_name(x509), subject);
	set_name(X509_get_issuer_name(x509), spec->issuer ? spec->issuer : subject);
	must(X509_set_pubkey(x509, key), "public key");
	add_key_id(x509);
	if (spec->change)
		spec->change(x509, spec->context);
	must(X509_sign(x509, key, EVP_get_digestbyname(spec->hash ? spec->hash : "SHA256")) > 0, "signature");
	length = i2d_X509(x509, &der);
	must(length > 0, "DER");
	*size = (size_t)length;
	X509_free(x509);
	return der;
}
