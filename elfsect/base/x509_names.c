// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/x509_names.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <string.h>

static const struct curve curves[] = {
	{NID_X9_62_prime192v1, "P-192", 24},
	{NID_X9_62_prime256v1, "P-256", 32},
	{NID_secp384r1, "P-384", 48},
	{NID_secp521r1, "P-521", 66},
};

const struct curve *curve_of_nid(int nid)
{
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
		if (nid == curves[i].nid)
			return &curves[i];
	return NULL;
}

const struct curve *curve_of_key(const EVP_PKEY *key, char *group, size_t room)
{
	*group = '\0';
	return EVP_PKEY_get_group_name(key, group, room, NULL) == 1 ? curve_of_nid(OBJ_sn2nid(group)) : NULL;
}

void x509_name_text(const X509_NAME *name, char *text, size_t room)
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

void x509_name_of_der(const struct der *der, char *text, size_t room)
{
	const uint8_t *p = der->bytes;
	X509_NAME *name = der->size ? d2i_X509_NAME(NULL, &p, (long)der->size) : NULL;

	*text = '\0';
	if (name)
		x509_name_text(name, text, room);
	X509_NAME_free(name);
	ERR_clear_error();
}
