/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HASHSECT_MANIFEST_H
#define HASHSECT_MANIFEST_H

#include <json-c/json.h>

#include "hashsect.h"

/*
 * A JSON string of bytes from a file, which need not be UTF-8: what is not printable ASCII, and the backslash, is
 * written as \xHH.
 */
struct json_object *json_name(const char *name);

/* The fields of a manifest but the policy's text; `with_parts`: the parts and their leaves too. */
struct json_object *manifest_object(const struct hashsect_digest *digest, const struct elfsect_view *view,
				    bool with_parts);

/* Print an object, and release it; the caller frees the text. */
char *json_text(struct json_object *object);

#endif
