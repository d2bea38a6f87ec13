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

static int add_der(struct signers *signers, const uint8_t *bytes, uint64_t size, const char *name,
		   struct elfsect_error *error)
{
	const uint8_t *next = bytes, *end = bytes + size;

	while (next < end) {
		const uint64_t offset = (uint64_t)(next - bytes);
		X509 *certificate = d2i_X509(NULL, &next, (long)(end - next));
		int ret;

		ERR_clear_error();
		if (!certificate)
			return failure(error, EBADMSG, "%s: offset 0x%jx: not a certificate, neither PEM nor DER", name,
				       (uintmax_t)offset);
		ret = add(signers, certificate, name, error);
		if (ret)
			return ret;
	}
	return 0;
}

static int add_pem(struct signers *signers, const uint8_t *bytes, uint64_t size, const char *name,
		   struct elfsect_error *error)
{
	BIO *bio = BIO_new_mem_buf(bytes, (int)size);
	X509 *certificate;
	unsigned long why;
	int ret = bio ? 0 : failure_errno(error, ENOMEM, "%s", name);

	while (!ret && (certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL)))
		ret = add(signers, certificate, name, error);
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
	if (size && memmem(bytes, size, begin, sizeof(begin) - 1) && bytes[0] != DER_SEQUENCE)
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

X509 *signers_next(const struct signers *signers, const struct cms_signature *signature, size_t *position)
{
	while (*position < signers->count) {
		X509 *certificate = signers->list[(*position)++];

		if (signature->key_id.size ? same_key_id(&signature->key_id, certificate)
					   : same_issuer(&signature->issuer, certificate) &&
						     same_serial(&signature->serial, certificate))
			return certificate;
	}
	return NULL;
}
