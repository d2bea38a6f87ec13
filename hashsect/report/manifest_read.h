/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Manifests as input: untrusted JSON, checked field by field before anything is read from it. */
#ifndef HASHSECT_MANIFEST_FILE_H
#define HASHSECT_MANIFEST_FILE_H

#include <json-c/json.h>

#include "elfsect.h"

/* Whether a regular file begins like a manifest: with a brace. (Reading from a pipe would take its first byte.) */
bool is_manifest(const char *path);

/* Read one; the caller releases the object. What is in it has the types that the functions below rely on. */
int manifest_read(const char *path, struct json_object **manifest, struct elfsect_error *error);

/* The path that a manifest is about, as bytes: its \xHH undone. The caller frees it; NULL: no memory. */
char *manifest_path(const struct json_object *manifest);

/* Fields of a manifest or of an object in it; the string lives as long as the object. */
const char *json_field(const struct json_object *object, const char *name);
struct json_object *json_list(const struct json_object *object, const char *name);

#endif
