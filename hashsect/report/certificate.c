// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/certificate.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* RFC 2253 has a backslash in front of each quote and each backslash of a name. */
void certificate_print(FILE *out, const struct elfsect_certificate *c)
{
	fprintf(out, "certificate \"%s\", %s, serial %s, key id %s, sha256 %s, %" PRIu64 " free bytes", c->subject,
		c->key_type, c->serial, c->key_id[0] ? c->key_id : "none", c->fingerprint, c->free_bytes);
	if (!c->self_issued)
		fprintf(out, ", signature not checked: issued by \"%s\"", c->issuer);
	else if (!c->self_signed)
		fputs(", self-issued, signature not checked", out);
}

struct json_object *certificate_object(const struct elfsect_certificate *c)
{
	struct json_object *o = json_object_new_object();

	json_set(&o, "subject", json_name(c->subject));
	json_set(&o, "issuer", json_name(c->issuer));
	json_set(&o, "serial", json_string(c->serial));
	json_set(&o, "key", json_string(c->key_type));
	json_set(&o, "key_id", json_string(c->key_id));
	json_set(&o, "fingerprint", json_string(c->fingerprint));
	json_set(&o, "not_before", json_string(c->not_before));
	json_set(&o, "not_after", json_string(c->not_after));
	json_set(&o, "self_issued", json_boolean(c->self_issued));
	json_set(&o, "self_signed", json_boolean(c->self_signed));
	json_set(&o, "size", json_number(c->size));
	json_set(&o, "free_bytes", json_number(c->free_bytes));
	return o;
}

static bool take(const struct json_object *o, const char *name, char *text, size_t room)
{
	const char *value = json_take_string(json_member(o, name, json_type_string));

	if (!value || strlen(value) >= room)
		return false;
	memcpy(text, value, strlen(value) + 1);
	return true;
}

static bool take_name(const struct json_object *o, const char *name, char *text, size_t room)
{
	char *value = NULL;
	const char *escaped = json_take_string(json_member(o, name, json_type_string));
	bool taken = false;

	if (escaped)
		value = strdup(escaped);
	if (value && text_unescape(value) && strlen(value) < room) {
		memcpy(text, value, strlen(value) + 1);
		taken = true;
	}
	free(value);
	return taken;
}

bool certificate_take(struct json_object *o, struct elfsect_certificate *c)
{
	*c = (struct elfsect_certificate){.accepted = true, .decoded = true};
	return take_name(o, "subject", c->subject, sizeof(c->subject)) &&
	       take_name(o, "issuer", c->issuer, sizeof(c->issuer)) &&
	       take(o, "serial", c->serial, sizeof(c->serial)) && take(o, "key", c->key_type, sizeof(c->key_type)) &&
	       take(o, "key_id", c->key_id, sizeof(c->key_id)) &&
	       take(o, "fingerprint", c->fingerprint, sizeof(c->fingerprint)) &&
	       take(o, "not_before", c->not_before, sizeof(c->not_before)) &&
	       take(o, "not_after", c->not_after, sizeof(c->not_after)) &&
	       json_take_bool(o, "self_issued", &c->self_issued) && json_take_bool(o, "self_signed", &c->self_signed) &&
	       json_take_number(o, "size", &c->size) && json_take_number(o, "free_bytes", &c->free_bytes);
}
