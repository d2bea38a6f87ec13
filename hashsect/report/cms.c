// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/cms.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdio.h>

#include "report/manifest.h"

void cms_hex(const uint8_t *bytes, uint64_t size, char *text, size_t room)
{
	*text = '\0';
	for (uint64_t i = 0; i < size && 2 * i + 2 < room; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
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

struct json_object *cms_object(const struct cms_signature *s)
{
	struct json_object *o = json_object_new_object(), *signer = json_object_new_object();
	char text[2048], hex[2 * CMS_KEY_ID_MAX + 1];

	if (s->key_id.size) {
		cms_hex(s->key_id.content, s->key_id.length, hex, sizeof(hex));
		json_object_object_add(signer, "key_id", json_object_new_string(hex));
	} else {
		cms_issuer_text(s, text, sizeof(text));
		cms_hex(s->serial.content, s->serial.length, hex, sizeof(hex));
		json_object_object_add(signer, "issuer", json_name(text));
		json_object_object_add(signer, "serial", json_object_new_string(hex));
	}
	json_object_object_add(o, "hash", json_object_new_string(s->hash));
	json_object_object_add(o, "algorithm", json_object_new_string(s->family == KEY_RSA ? "RSA" : "ECDSA"));
	json_object_object_add(o, "signer", signer);
	return o;
}
