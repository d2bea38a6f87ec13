// SPDX-License-Identifier: GPL-2.0-or-later
#include "make_signature.h"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "make_signature: %s\n", what);
	ERR_print_errors_fp(stderr);
	abort();
}

static uint8_t *take(BIO *bio, size_t *size)
{
	char *bytes;
	const long length = BIO_get_mem_data(bio, &bytes);
	uint8_t *copy = malloc((size_t)length);

	must(copy, "memory");
	memcpy(copy, bytes, (size_t)length);
	*size = (size_t)length;
	BIO_free(bio);
	return copy;
}

static X509 *certificate_of(const struct certificate_spec *spec)
{
	size_t size;
	uint8_t *der = make_certificate(spec, &size);
	const uint8_t *p = der;
	X509 *x509 = d2i_X509(NULL, &p, (long)size);

	must(x509, "certificate");
	OPENSSL_free(der);
	return x509;
}

/* ---------------------------------------------------------------------------------------------- ECDSA with SHA-3 */

struct der_text {
	uint8_t bytes[1024];
	size_t size;
};

/* Put a header in front of what is there. */
static void wrap(struct der_text *d, uint8_t tag)
{
	uint8_t header[8], *end = header;

	ASN1_put_object(&end, tag >> 5 & 1, (int)d->size, tag & 0x1f, tag & 0xc0);
	memmove(d->bytes + (end - header), d->bytes, d->size);
	memcpy(d->bytes, header, (size_t)(end - header));
	d->size += (size_t)(end - header);
}

static void append(struct der_text *d, const void *bytes, size_t size)
{
	must(d->size + size + 16 < sizeof(d->bytes), "room");
	memcpy(d->bytes + d->size, bytes, size);
	d->size += size;
}

static struct der_text oid(const char *name)
{
	ASN1_OBJECT *object = OBJ_txt2obj(name, 0);
	struct der_text d = {.size = 0};
	uint8_t *end = d.bytes;

	must(object, name);
	d.size = (size_t)i2d_ASN1_OBJECT(object, &end);
	ASN1_OBJECT_free(object);
	return d;
}

static struct der_text identifier(const char *name)
{
	struct der_text d = oid(name);

	wrap(&d, 0x30);
	return d;
}

static void append_signature(struct der_text *d, EVP_PKEY *key, const char *hash, const uint8_t *content, size_t size)
{
	struct der_text value = {.size = sizeof(value.bytes)};
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	must(EVP_DigestSignInit_ex(context, NULL, hash, NULL, NULL, key, NULL) == 1 &&
		     EVP_DigestSign(context, value.bytes, &value.size, content, size) == 1,
	     "ECDSA");
	EVP_MD_CTX_free(context);
	wrap(&value, 4);
	append(d, value.bytes, value.size);
}

static uint8_t *make_ecdsa_sha3(const struct signature_spec *spec, X509 *x509, EVP_PKEY *key, const uint8_t *content,
				size_t content_size, size_t *size)
{
	static const uint8_t version[] = {2, 1, 1};
	const char *bits = strchr(spec->hash, '-') + 1;
	struct der_text signer = {.size = 0}, info = {.size = 0}, message = {.size = 0}, set, data;
	char names[2][32];
	uint8_t *end, *copy;

	snprintf(names[0], sizeof(names[0]), "sha3-%s", bits);
	snprintf(names[1], sizeof(names[1]), "ecdsa_with_SHA3-%s", bits);
	end = signer.bytes;
	i2d_X509_NAME(X509_get_issuer_name(x509), &end);
	i2d_ASN1_INTEGER(X509_get_serialNumber(x509), &end);
	signer.size = (size_t)(end - signer.bytes);
	wrap(&signer, 0x30);

	append(&info, version, sizeof(version));
	append(&info, signer.bytes, signer.size);
	set = identifier(names[0]);
	append(&info, set.bytes, set.size);
	data = identifier(names[1]);
	append(&info, data.bytes, data.size);
	append_signature(&info, key, spec->hash, content, content_size);
	wrap(&info, 0x30);
	wrap(&info, 0x31);

	append(&message, version, sizeof(version));
	wrap(&set, 0x31);
	append(&message, set.bytes, set.size);
	data = identifier("1.2.840.113549.1.7.1");
	append(&message, data.bytes, data.size);
	append(&message, info.bytes, info.size);
	wrap(&message, 0x30);
	wrap(&message, 0xa0);
	data = oid("1.2.840.113549.1.7.2");
	append(&data, message.bytes, message.size);
	wrap(&data, 0x30);
	copy = malloc(data.size);
	must(copy, "memory");
	memcpy(copy, data.bytes, data.size);
	*size = data.size;
	return copy;
}

/* ------------------------------------------------------------------------------------------------------------------ */

uint8_t *make_signature(const struct signature_spec *spec, const uint8_t *content, size_t content_size, size_t *size)
{
	const unsigned int flags =
		(CMS_NOCERTS | CMS_BINARY | CMS_DETACHED | CMS_NOATTR | CMS_NOSMIMECAP) ^ spec->flags;
	X509 *x509 = certificate_of(spec->signer);
	EVP_PKEY *key = make_key(spec->signer->curve, spec->signer->rsa_bits ? spec->signer->rsa_bits : 2048);
	CMS_ContentInfo *cms;
	BIO *in, *out;
	EVP_MD *hash;

	if (spec->signer->curve && spec->hash && !strncmp(spec->hash, "SHA3-", 5)) {
		uint8_t *made = make_ecdsa_sha3(spec, x509, key, content, content_size, size);

		X509_free(x509);
		return made;
	}
	hash = EVP_MD_fetch(NULL, spec->hash ? spec->hash : "SHA256", NULL);
	in = BIO_new_mem_buf(content, (int)content_size);
	out = BIO_new(BIO_s_mem());
	cms = CMS_sign(NULL, NULL, NULL, NULL, flags | CMS_PARTIAL | CMS_STREAM);
	must(key && hash && in && out && cms, "CMS");
	for (unsigned int i = 0; i < (spec->signers ? spec->signers : 1); i++)
		must(CMS_add1_signer(cms, x509, key, hash, flags | (spec->key_id ? CMS_USE_KEYID : 0)), "signer");
	if (spec->streamed) {
		must(i2d_CMS_bio_stream(out, cms, in, (int)(flags | CMS_STREAM)) == 1, "DER");
	} else {
		must(CMS_final(cms, in, NULL, flags) == 1, "signature");
		must(i2d_CMS_bio(out, cms) == 1, "DER");
	}
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	EVP_MD_free(hash);
	X509_free(x509);
	return take(out, size);
}

uint8_t *make_trailer(const uint8_t *content, size_t content_size, const uint8_t *data, size_t data_size,
		      uint8_t id_type, size_t *size)
{
	/* Written out here: not the code that is tested. */
	static const char marker[] = "~Module signature appended~\n";
	const uint8_t info[12] = {0,
				  0,
				  id_type,
				  0,
				  0,
				  0,
				  0,
				  0,
				  (uint8_t)(data_size >> 24),
				  (uint8_t)(data_size >> 16),
				  (uint8_t)(data_size >> 8),
				  (uint8_t)data_size};
	uint8_t *whole = malloc(content_size + data_size + sizeof(info) + sizeof(marker)), *p = whole;

	must(whole, "memory");
	memcpy(p, content, content_size);
	p += content_size;
	if (data_size)
		memcpy(p, data, data_size);
	p += data_size;
	memcpy(p, info, sizeof(info));
	p += sizeof(info);
	memcpy(p, marker, sizeof(marker) - 1);
	*size = content_size + data_size + sizeof(info) + sizeof(marker) - 1;
	return whole;
}

uint8_t *make_signed(const struct signature_spec *spec, const uint8_t *content, size_t content_size, size_t *size)
{
	size_t signature_size;
	uint8_t *signature = make_signature(spec, content, content_size, &signature_size);
	uint8_t *whole = make_trailer(content, content_size, signature, signature_size, 2, size);

	free(signature);
	return whole;
}
