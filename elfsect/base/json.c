// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/files.h"
#include "base/text.h"

/* ---------------------------------------------------------------------------------------------------------- out */

static void drop(struct json_object **whole, struct json_object *part)
{
	json_object_put(part);
	json_object_put(*whole);
	*whole = NULL;
}

void json_set(struct json_object **object, const char *name, struct json_object *value)
{
	if (!*object || !value || json_object_object_add(*object, name, value))
		drop(object, value);
}

void json_set_null(struct json_object **object, const char *name)
{
	if (!*object || json_object_object_add(*object, name, NULL))
		drop(object, NULL);
}

void json_append(struct json_object **array, struct json_object *value)
{
	if (!*array || !value || json_object_array_add(*array, value))
		drop(array, value);
}

static struct json_object *escaped(enum text_escape_mode mode, const char *text)
{
	autofree char *copy = text_escaped(mode, text);

	return copy ? json_object_new_string(copy) : NULL;
}

struct json_object *json_name(const char *name)
{
	return escaped(TEXT_FOR_MACHINES, name);
}

struct json_object *json_string(const char *text)
{
	return escaped(TEXT_FOR_TERMINALS, text);
}

struct json_object *json_hex(const uint8_t *bytes, size_t size)
{
	autofree char *hex = text_hex_of(bytes, size);

	return hex ? json_object_new_string(hex) : NULL;
}

struct json_object *json_number(uint64_t number)
{
	return json_object_new_uint64(number);
}

struct json_object *json_boolean(bool value)
{
	return json_object_new_boolean(value);
}

static const char *pretty(struct json_object *value)
{
	return value ? json_object_to_json_string_ext(value, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
								     JSON_C_TO_STRING_NOSLASHESCAPE)
		     : NULL;
}

char *json_text(struct json_object *value)
{
	const char *text = pretty(value);
	char *copy = text ? strdup(text) : NULL;

	json_object_put(value);
	return copy;
}

int json_print(struct json_object *value, FILE *out)
{
	const char *text = pretty(value);

	if (text)
		fprintf(out, "%s\n", text);
	json_object_put(value);
	return text ? 0 : -ENOMEM;
}

/* ----------------------------------------------------------------------------------------------------------- in */

/*
 * A kernel with 65 000 sections has a manifest of 20 MB. Parsed JSON takes many times its text, at worst a hundred
 * times: what json-c 0.16 takes for a value, with what malloc() takes for itself, was measured.
 */
enum { SIZE_MAX_READ = 32 << 20, MEMORY_MAX = 320 << 20, DEPTH_MAX = 16 };
enum { OBJECT_COST = 800, VALUE_COST = 160 };

/* No more than this is needed to parse a text: what stands in strings is counted too. */
static uint64_t memory_needed(const char *text, uint64_t size)
{
	uint64_t sum = size;

	for (; *text; text++)
		sum += *text == '{' ? OBJECT_COST : *text == '[' || *text == ',' || *text == ':' ? VALUE_COST : 0;
	return sum;
}

/* Members of all objects. Recursion ends with DEPTH_MAX. */
static uint64_t members_of(struct json_object *value)
{
	uint64_t sum = 0;

	if (json_object_is_type(value, json_type_object)) {
		json_object_object_foreach(value, name, member)
		{
			(void)name;
			sum += 1 + members_of(member);
		}
	} else if (json_object_is_type(value, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(value); i++)
			sum += members_of(json_object_array_get_idx(value, i));
	}
	return sum;
}

/* Members that stand in a text that was parsed: json-c drops the first of two with one name, others the last. */
static uint64_t members_written(const char *text)
{
	bool quoted = false;
	uint64_t sum = 0;

	for (; *text; text++) {
		if (quoted && *text == '\\')
			text++;
		else if (*text == '"')
			quoted = !quoted;
		else
			sum += !quoted && *text == ':';
	}
	return sum;
}

static int parse(const char *path, const char *what, const char *text, uint64_t size, struct json_object **value,
		 struct elfsect_error *error)
{
	struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
	enum json_tokener_error why;
	const char *reason;

	if (!tokener)
		return failure_errno(error, ENOMEM, "%s", path);
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	/* With the zero byte: a number at the end of the text ends there. */
	*value = json_tokener_parse_ex(tokener, text, (int)size + 1);
	why = json_tokener_get_error(tokener);
	json_tokener_free(tokener);
	if (*value && why == json_tokener_success && members_of(*value) == members_written(text))
		return 0;
	reason = why == json_tokener_continue  ? "it ends too early"
		 : why != json_tokener_success ? json_tokener_error_desc(why)
		 : *value		       ? "an object with two members of one name"
					       : "it is null";
	json_object_put(*value);
	*value = NULL;
	return failure(error, EINVAL, "%s: not a %s: %s", path, what, reason);
}

int json_read_text(const char *name, const char *what, const char *text, uint64_t size, struct json_object **value,
		   struct elfsect_error *error)
{
	*value = NULL;
	if (size > SIZE_MAX_READ)
		return failure(error, EFBIG, "%s: more than %d MB, too large for a %s", name, SIZE_MAX_READ >> 20,
			       what);
	if (strlen(text) != size)
		return failure(error, EINVAL, "%s: not a %s: a zero byte in it", name, what);
	if (memory_needed(text, size) > MEMORY_MAX)
		return failure(error, EFBIG, "%s: too many values for a %s: they would take more than %d MB of memory",
			       name, what, MEMORY_MAX >> 20);
	return parse(name, what, text, size, value, error);
}

int json_read_bytes(const char *path, const char *what, uint8_t **bytes, uint64_t *size, struct json_object **value,
		    struct elfsect_error *error)
{
	const int ret = file_read(path, SIZE_MAX_READ, bytes, size, error);

	*value = NULL;
	if (ret == -EFBIG)
		return failure(error, EFBIG, "%s: more than %d MB, too large for a %s", path, SIZE_MAX_READ >> 20,
			       what);
	return ret ? ret : json_read_text(path, what, (const char *)*bytes, *size, value, error);
}

int json_read(const char *path, const char *what, struct json_object **value, struct elfsect_error *error)
{
	autofree uint8_t *bytes = NULL;
	uint64_t size;

	return json_read_bytes(path, what, &bytes, &size, value, error);
}

bool json_has(const struct json_object *object, const char *name)
{
	struct json_object *value;

	return json_object_is_type(object, json_type_object) && json_object_object_get_ex(object, name, &value) &&
	       value;
}

struct json_object *json_member(const struct json_object *object, const char *name, enum json_type type)
{
	struct json_object *value;

	if (!json_object_is_type(object, json_type_object) || !json_object_object_get_ex(object, name, &value) ||
	    !json_object_is_type(value, type))
		return NULL;
	return value;
}

const char *json_take_string(struct json_object *value)
{
	const char *text = json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;

	return text && strlen(text) == (size_t)json_object_get_string_len(value) ? text : NULL;
}

bool json_take_number(const struct json_object *object, const char *name, uint64_t *number)
{
	const struct json_object *value = json_member(object, name, json_type_int);

	if (!value || json_object_get_int64(value) < 0)
		return false;
	*number = json_object_get_uint64(value);
	return true;
}

bool json_take_bool(const struct json_object *object, const char *name, bool *value)
{
	const struct json_object *member = json_member(object, name, json_type_boolean);

	*value = member && json_object_get_boolean(member);
	return member;
}

bool json_take_hex(const struct json_object *object, const char *name, uint8_t *bytes, size_t size)
{
	const char *text = json_take_string(json_member(object, name, json_type_string));

	return text && text_hex_parse(text, bytes, size);
}
