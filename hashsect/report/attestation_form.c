// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/attestation_form.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "hashsect.h"

enum { PLACE_SIZE = 256 };

/* What a value has to be. */
struct form {
	bool (*fits)(struct json_object *value);
	const struct member *members; /* of an object, or of each object of a list */
	const struct form *each;      /* of each value of a list */
};

struct member {
	const char *name;
	struct form form;
	bool may_be_missing, may_be_null;
};

static bool is_object(struct json_object *value)
{
	return json_object_is_type(value, json_type_object);
}

static bool is_list(struct json_object *value)
{
	return json_object_is_type(value, json_type_array);
}

static bool is_full_list(struct json_object *value)
{
	return is_list(value) && json_object_array_length(value);
}

static bool is_text(struct json_object *value)
{
	return json_take_string(value);
}

static bool is_name(struct json_object *value)
{
	const char *text = json_take_string(value);

	return text && *text;
}

static bool is_sha256(struct json_object *value)
{
	const char *text = json_take_string(value);

	return text && text_is_hex(text, 64);
}

/* RFC 3339 as it is written: every d is a digit. */
static bool is_time(struct json_object *value)
{
	static const char like[] = "dddd-dd-ddTdd:dd:ddZ";
	const char *text = json_take_string(value);

	if (!text || strlen(text) != strlen(like))
		return false;
	for (size_t i = 0; like[i]; i++)
		if (like[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != like[i])
			return false;
	return true;
}

static bool is_size(struct json_object *value)
{
	return json_object_is_type(value, json_type_int) && json_object_get_int64(value) >= 0;
}

static bool is_scheme(struct json_object *value)
{
	return is_size(value) && json_object_get_int64(value) == HASHSECT_SCHEME;
}

static bool is_verdict(struct json_object *value)
{
	const char *text = json_take_string(value);

	return text && (!strcmp(text, "identical") || !strcmp(text, "excluded") || !strcmp(text, "different"));
}

static bool is_verifier(struct json_object *value)
{
	const char *text = json_take_string(value);

	return text && !strcmp(text, ATTESTATION_VERIFIER_ID);
}

/* Rows of the tables below: a value, an object, a list of objects; what follows may make one free. */
#define VALUE(name_, fits_)                                                                                            \
	{                                                                                                              \
		.name = (name_), .form = {.fits = (fits_) }                                                            \
	}
#define OBJECT(name_, members_, ...)                                                                                   \
	{                                                                                                              \
		.name = (name_), .form = {.fits = is_object, .members = (members_)}, __VA_ARGS__                       \
	}
#define LIST(name_, fits_, members_)                                                                                   \
	{                                                                                                              \
		.name = (name_), .form = {.fits = (fits_), .members = (members_) }                                     \
	}
#define TEXTS(name_, fits_, each_)                                                                                     \
	{                                                                                                              \
		.name = (name_), .form = {.fits = (fits_), .each = (each_) }                                           \
	}

static const struct form name = {.fits = is_name};

static const struct member digest[] = {VALUE("sha256", is_sha256), {0}};

static const struct member file[] = {
	VALUE("name", is_name),
	OBJECT("digest", digest),
	{0},
};

static const struct member policy[] = {
	VALUE("name", is_name),
	VALUE("sha256", is_sha256),
	VALUE("text", is_text),
	{0},
};

static const struct member exclusion[] = {
	VALUE("rule", is_name),
	VALUE("sha256", is_sha256),
	VALUE("ranges", is_list),
	{0},
};

static const struct member layer[] = {VALUE("kind", is_name), VALUE("size", is_size), {0}};

static const struct member claim[] = {
	VALUE("nuanced_digest", is_name),
	VALUE("size", is_size),
	OBJECT("policy", policy),
	LIST("exclusions", is_list, exclusion),
	LIST("layers", is_list, layer),
	OBJECT("map", NULL, .may_be_null = true),
	OBJECT("map_note", NULL, .may_be_null = true),
	{0},
};

static const struct member tool[] = {VALUE("name", is_name), VALUE("version", is_name), {0}};

static const struct member store[] = {VALUE("index_sha256", is_sha256), {0}};

static const struct member reference[] = {
	VALUE("name", is_name),
	OBJECT("digest", digest),
	VALUE("nuanced_digest", is_name),
	VALUE("verdict", is_verdict),
	{0},
};

static const struct member digest_predicate[] = {
	VALUE("scheme", is_scheme),
	OBJECT("tool", tool),
	VALUE("timeCreated", is_time),
	LIST("files", is_full_list, claim),
	OBJECT("store", store, .may_be_missing = true),
	OBJECT("reference", reference, .may_be_missing = true),
	{0},
};

static const struct member policy_descriptor[] = {
	VALUE("uri", is_name),
	OBJECT("digest", digest),
	{0},
};

static const struct member verifier[] = {
	VALUE("id", is_verifier),
	LIST("policies", is_full_list, policy_descriptor),
	{0},
};

static const struct member svr_predicate[] = {
	OBJECT("verifier", verifier),
	VALUE("timeCreated", is_time),
	TEXTS("properties", is_full_list, &name),
	{0},
};

static const struct member statements[][3] = {
	[ATTESTATION_DIGEST] = {LIST("subject", is_full_list, file), OBJECT("predicate", digest_predicate), {0}},
	[ATTESTATION_SVR] = {LIST("subject", is_full_list, file), OBJECT("predicate", svr_predicate), {0}},
};

/* Appends to a place, which is cut off where it is too long for a message. Returns its length before. */
__attribute__((format(printf, 2, 3))) static size_t enter(char place[PLACE_SIZE], const char *format, ...)
{
	const size_t length = strlen(place);
	va_list args;

	va_start(args, format);
	(void)vsnprintf(place + length, PLACE_SIZE - length, format, args);
	va_end(args);
	return length;
}

static bool fits(const struct form *form, struct json_object *value, char place[PLACE_SIZE]);

static bool members_fit(const struct member *members, struct json_object *object, char place[PLACE_SIZE])
{
	for (const struct member *m = members; m->name; m++) {
		struct json_object *value = NULL;
		const bool there = is_object(object) && json_object_object_get_ex(object, m->name, &value);
		const size_t length = enter(place, "%s%s", *place ? "." : "", m->name);

		if (there ? !(m->may_be_null && !value) && !fits(&m->form, value, place) : !m->may_be_missing)
			return false;
		place[length] = '\0';
	}
	return true;
}

/* Leaves the place of what does not fit. Recursion ends with the tables. */
static bool fits(const struct form *form, struct json_object *value, char place[PLACE_SIZE])
{
	if (!form->fits(value))
		return false;
	if (!is_list(value))
		return !form->members || members_fit(form->members, value, place);
	for (size_t i = 0; i < json_object_array_length(value); i++) {
		struct json_object *one = json_object_array_get_idx(value, i);
		const size_t length = enter(place, "[%zu]", i);

		if ((form->each && !fits(form->each, one, place)) ||
		    (form->members && !members_fit(form->members, one, place)))
			return false;
		place[length] = '\0';
	}
	return true;
}

int attestation_form(const char *path, struct json_object *statement, enum attestation_format format,
		     struct elfsect_error *error)
{
	char place[PLACE_SIZE] = "";

	return members_fit(statements[format], statement, place)
		       ? 0
		       : failure(error, EINVAL,
				 "%s: not an attestation: its %s is missing, or not what the schema says", path, place);
}
