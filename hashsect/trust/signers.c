// SPDX-License-Identifier: LGPL-2.1-or-later
#include "trust/signers.h"

#include <errno.h>
#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "elfsect_keyring.h"

/* Takes the certificate over, also on failure. */
static int add(struct signers *signers, X509 *certificate, const char *name, struct elfsect_error *error)
{
	X509 **list = reallocarray(signers->list, signers->count + 1, sizeof(*list));

	if (!list) {
		X509_free(certificate);
		return failure_errno(error, ENOMEM, "%s", name);
	}
	signers->list = list;
	list[signers->count++] = certificate;
	return 0;
}

/* What no kernel can load is no signer, as in "elfsect keyring add". */
static int add_der(struct signers *signers, const uint8_t *bytes, uint64_t room, const char *place,
		   struct elfsect_error *error)
{
	uint64_t size;

	for (uint64_t at = 0; at < room; at += size) {
		const uint8_t *next = bytes + at;
		struct elfsect_error reason;
		X509 *certificate = NULL;
		int ret;

		ret = elfsect_certificate_read(bytes + at, room - at, &size, NULL, &reason);
		if (!ret)
			certificate = d2i_X509(NULL, &next, (long)size);
		ERR_clear_error();
		if (!certificate)
			return failure(error, EBADMSG, "%s: offset 0x%jx: %s", place, (uintmax_t)at,
				       ret ? reason.message : "not a certificate");
		ret = add(signers, certificate, place, error);
		if (ret)
			return ret;
	}
	return 0;
}

/* One block. What is no certificate, a key beside it for example, is nobody's business here; nothing is decrypted. */
static int add_block(struct signers *signers, const char *type, const char *header, const uint8_t *bytes, uint64_t size,
		     const char *place, struct elfsect_error *error)
{
	if (strcmp(type, PEM_STRING_X509) != 0 && strcmp(type, PEM_STRING_X509_OLD) != 0)
		return 0;
	if (*header)
		return failure(error, EBADMSG, "%s: a certificate with PEM headers, such as an encrypted one", place);
	return add_der(signers, bytes, size, place, error);
}

static int add_pem(struct signers *signers, const uint8_t *bytes, uint64_t size, const char *name,
		   struct elfsect_error *error)
{
	BIO *bio = BIO_new_mem_buf(bytes, (int)size);
	char *type = NULL, *header = NULL;
	unsigned char *block = NULL;
	unsigned long why;
	long length = 0;
	int ret = bio ? 0 : failure_errno(error, ENOMEM, "%s", name);

	/* PEM_read_bio_X509() would ask for a passphrase on the terminal. */
	while (!ret && PEM_read_bio(bio, &type, &header, &block, &length)) {
		ret = add_block(signers, type, header, block, (uint64_t)length, name, error);
		OPENSSL_free(type);
		OPENSSL_free(header);
		OPENSSL_clear_free(block, (size_t)length);
	}
	BIO_free(bio);
	why = ERR_peek_last_error();
	ERR_clear_error();
	if (!ret && (ERR_GET_LIB(why) != ERR_LIB_PEM || ERR_GET_REASON(why) != PEM_R_NO_START_LINE))
		return failure(error, EBADMSG, "%s: a PEM block that is damaged", name);
	return ret;
}

int signers_add(struct signers *signers, const uint8_t *bytes, uint64_t size, const char *name,
		struct elfsect_error *error)
{
	static const char begin[] = "-----BEGIN ";
	const size_t before = signers->count;
	int ret;

	if (size > INT_MAX)
		return failure(error, EFBIG, "%s: too large for certificates", name);
	if (size && bytes[0] != DER_SEQUENCE && !memmem(bytes, size, begin, sizeof(begin) - 1))
		return failure(error, EBADMSG, "%s: not a certificate, neither PEM nor DER", name);
	if (size && bytes[0] != DER_SEQUENCE)
		ret = add_pem(signers, bytes, size, name, error);
	else
		ret = add_der(signers, bytes, size, name, error);
	if (!ret && signers->count == before)
		return failure(error, EBADMSG, "%s: no certificate in it", name);
	return ret;
}

void signers_clear(struct signers *signers)
{
	for (size_t i = 0; i < signers->count; i++)
		X509_free(signers->list[i]);
	free(signers->list);
	*signers = (struct signers){0};
}

/* -------------------------------------------------------------------------------------------------------- matching */

static bool same_issuer(const struct der *issuer, const X509 *certificate)
{
	uint8_t *bytes = NULL;
	const int size = i2d_X509_NAME(X509_get_issuer_name(certificate), &bytes);
	const bool same = size > 0 && (uint64_t)size == issuer->size && !memcmp(bytes, issuer->bytes, issuer->size);

	OPENSSL_free(bytes);
	return same;
}

static bool same_serial(const struct der *serial, X509 *certificate)
{
	uint8_t *bytes = NULL;
	const int size = i2d_ASN1_INTEGER(X509_get_serialNumber(certificate), &bytes);
	const bool same = size > 0 && (uint64_t)size == serial->size && !memcmp(bytes, serial->bytes, serial->size);

	OPENSSL_free(bytes);
	return same;
}

static bool same_key_id(const struct der *key_id, X509 *certificate)
{
	const ASN1_OCTET_STRING *own = X509_get0_subject_key_id(certificate);

	return own && ASN1_STRING_length(own) >= 0 && (uint64_t)ASN1_STRING_length(own) == key_id->length &&
	       !memcmp(ASN1_STRING_get0_data(own), key_id->content, key_id->length);
}

bool signers_match(const struct cms_signature *signature, X509 *certificate)
{
	return signature->key_id.size
		       ? same_key_id(&signature->key_id, certificate)
		       : same_issuer(&signature->issuer, certificate) && same_serial(&signature->serial, certificate);
}

X509 *signers_next(const struct signers *signers, const struct cms_signature *signature, size_t *position)
{
	while (*position < signers->count) {
		X509 *certificate = signers->list[(*position)++];

		if (signers_match(signature, certificate))
			return certificate;
	}
	return NULL;
}
