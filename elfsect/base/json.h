/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * JSON in and out. Compiled into those that use json-c: libhashsect and the tools, not libelfsect.
 *
 * Out: values are built by functions that take over what they are given. Where memory is missing the value is NULL, and
 * so is every value that it was to be part of: only the whole has to be checked, when it is printed.
 *
 * In: what comes from outside is read with a limit on its size, its depth and the memory that it takes, and asked for
 * by name and type. An object with two members of one name is refused: readers do not agree which of them counts.
 */
#ifndef ELFSECT_BASE_JSON_H
#define ELFSECT_BASE_JSON_H

#include <json-c/json.h>
#include <stdio.h>

#include "elfsect.h"

/* ---------------------------------------------------------------------------------------------------------- out */

/** json_set() - *object gets a member, and owns @value; *object is released and NULL if @value is NULL */
void json_set(struct json_object **object, const char *name, struct json_object *value);

/** json_set_null() - the same with null */
void json_set_null(struct json_object **object, const char *name);

/** json_append() - *array gets one more element, as json_set() gives members */
void json_append(struct json_object **array, struct json_object *value);

/** json_name() - bytes of a file, which need not be text: TEXT_FOR_MACHINES, text_unescape() has them back */
struct json_object *json_name(const char *name);

/** json_string() - text for readers: TEXT_FOR_TERMINALS */
struct json_object *json_string(const char *text);

struct json_object *json_hex(const uint8_t *bytes, size_t size);
struct json_object *json_number(uint64_t number);
struct json_object *json_boolean(bool value);

/** json_text() - print a value, and release it; the caller frees the text. NULL: no memory, or @value is NULL */
char *json_text(struct json_object *value);

/** json_print() - print a value and a line end to a stream, and release it; 0, or -ENOMEM as json_text() */
ELFSECT_MUST_CHECK int json_print(struct json_object *value, FILE *out);

/* ----------------------------------------------------------------------------------------------------------- in */

/** json_read() - read a file; @what names its kind in messages: "manifest"; the caller releases the value */
ELFSECT_MUST_CHECK int json_read(const char *path, const char *what, struct json_object **value,
				 struct elfsect_error *error);

/** json_read_bytes() - the same; @bytes and @size receive the text as it stands, which the caller frees */
ELFSECT_MUST_CHECK int json_read_bytes(const char *path, const char *what, uint8_t **bytes, uint64_t *size,
				       struct json_object **value, struct elfsect_error *error);

/** json_read_text() - the same of a text in memory, with a zero byte behind its @size bytes; @name for messages */
ELFSECT_MUST_CHECK int json_read_text(const char *name, const char *what, const char *text, uint64_t size,
				      struct json_object **value, struct elfsect_error *error);

/** json_has() - whether there is such a member, and it is not null */
bool json_has(const struct json_object *object, const char *name);

/** json_member() - a member of this type; NULL: there is none, or @object is no object */
struct json_object *json_member(const struct json_object *object, const char *name, enum json_type type);

/** json_take_string() - the bytes of a string; NULL if it is none, or has a zero byte in it. Lives as long as @value */
const char *json_take_string(struct json_object *value);

/** json_take_number() - a whole number from 0 to UINT64_MAX; false if the member is something else */
bool json_take_number(const struct json_object *object, const char *name, uint64_t *number);

bool json_take_bool(const struct json_object *object, const char *name, bool *value);

/** json_take_hex() - @size bytes in hexadecimal */
bool json_take_hex(const struct json_object *object, const char *name, uint8_t *bytes, size_t size);

#endif
