// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/cms.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdio.h>

#include "base/text.h"

void cms_hex(const uint8_t *bytes, uint64_t size, char *text, size_t room)
{
	text_hex(bytes, size, text, room);
}

void cms_issuer_text(const struct cms_signature *s, char *text, size_t room)
{
	const uint8_t *p = s->issuer.bytes;
	X509_NAME *name = s->issuer.size ? d2i_X509_NAME(NULL, &p, (long)s->issuer.size) : NULL;
	BIO *bio = name ? BIO_new(BIO_s_mem()) : NULL;
	int used = 0;

	if (bio && X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0)
		used = BIO_read(bio, text, (int)room - 1);
	text[used > 0 ? used : 0] = '\0';
	BIO_free(bio);
	X509_NAME_free(name);
	ERR_clear_error();
}

void cms_describe_signer(const struct cms_signature *s, char *text, size_t room)
{
	char issuer[2048], hex[2 * CMS_KEY_ID_MAX + 1];

	if (s->key_id.size) {
		cms_hex(s->key_id.content, s->key_id.length, hex, sizeof(hex));
		snprintf(text, room, "key id %s", hex);
		return;
	}
	cms_issuer_text(s, issuer, sizeof(issuer));
	cms_hex(s->serial.content, s->serial.length, hex, sizeof(hex));
	snprintf(text, room, "issuer %s, serial %s", issuer, hex);
}

const char *cms_algorithm_name(const struct cms_signature *s)
{
	return s->family == KEY_RSA ? "RSA" : "ECDSA";
}

struct json_object *cms_object(const struct cms_signature *s)
{
	struct json_object *o = json_object_new_object(), *signer = json_object_new_object();
	char text[2048], hex[2 * CMS_KEY_ID_MAX + 1];

	if (s->key_id.size) {
		cms_hex(s->key_id.content, s->key_id.length, hex, sizeof(hex));
		json_set(&signer, "key_id", json_string(hex));
	} else {
		cms_issuer_text(s, text, sizeof(text));
		cms_hex(s->serial.content, s->serial.length, hex, sizeof(hex));
		json_set(&signer, "issuer", json_name(text));
		json_set(&signer, "serial", json_string(hex));
	}
	json_set(&o, "hash", json_string(s->hash));
	json_set(&o, "algorithm", json_string(cms_algorithm_name(s)));
	json_set(&o, "signer", signer);
	return o;
}
