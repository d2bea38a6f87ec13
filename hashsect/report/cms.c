// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/cms.h"

#include <stdio.h>

#include "base/text.h"
#include "base/x509_names.h"

void cms_describe_signer(const struct cms_signature *s, char *text, size_t room)
{
	char issuer[2048], hex[2 * CMS_KEY_ID_MAX + 1];

	if (s->key_id.size) {
		text_hex(s->key_id.content, s->key_id.length, hex, sizeof(hex));
		snprintf(text, room, "key id %s", hex);
		return;
	}
	x509_name_of_der(&s->issuer, issuer, sizeof(issuer));
	text_hex(s->serial.content, s->serial.length, hex, sizeof(hex));
	snprintf(text, room, "issuer %s, serial %s", issuer, hex);
}

void cms_outline_text(const struct cms_outline *o, char *text, size_t room)
{
	if (!o->signers) {
		snprintf(text, room, "its signers cannot be read");
		return;
	}
	snprintf(text, room, "%ju signer%s, hash %s, algorithm %s%s%s", (uintmax_t)o->signers,
		 o->signers == 1 ? "" : "s", *o->hash ? o->hash : "?", *o->algorithm ? o->algorithm : "?",
		 o->certificates ? ", with certificates" : "", o->signed_attributes ? ", with signed attributes" : "");
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
		text_hex(s->key_id.content, s->key_id.length, hex, sizeof(hex));
		json_set(&signer, "key_id", json_string(hex));
	} else {
		x509_name_of_der(&s->issuer, text, sizeof(text));
		text_hex(s->serial.content, s->serial.length, hex, sizeof(hex));
		json_set(&signer, "issuer", json_name(text));
		json_set(&signer, "serial", json_string(hex));
	}
	json_set(&o, "hash", json_string(s->hash));
	json_set(&o, "algorithm", json_string(cms_algorithm_name(s)));
	json_set(&o, "signer", signer);
	return o;
}
