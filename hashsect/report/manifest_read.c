// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/manifest_read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "hashsect.h"
#include "digest/tag.h"
#include "base/cleanup.h"

/* A kernel with 65 000 sections needs 20 MB; parsed JSON takes many times its text. */
enum { MANIFEST_SIZE_MAX = 32 << 20 };

bool is_manifest(const char *path)
{
	autofclose FILE *file = NULL;
	struct stat st;
	int c;

	/* Standard input is none, not even where a file is called "-". */
	if (!strcmp(path, "-") || stat(path, &st) || !S_ISREG(st.st_mode) || !(file = fopen(path, "re")))
		return false;
	do
		c = getc(file);
	while (c == ' ' || c == '\t' || c == '\n' || c == '\r');
	return c == '{';
}

char *manifest_path(const struct json_object *manifest)
{
	char *path = strdup(json_field(manifest, "path")), *out = path;
	unsigned int byte;

	for (const char *p = path; path && *p; out++) {
		if (sscanf(p, "\\x%2x", &byte) == 1) {
			*out = (char)byte;
			p += 4;
		} else {
			*out = *p++;
		}
	}
	if (path)
		*out = '\0';
	return path;
}

static struct json_object *get(const struct json_object *object, const char *name, enum json_type type)
{
	struct json_object *value;

	if (!json_object_is_type(object, json_type_object) || !json_object_object_get_ex(object, name, &value) ||
	    !json_object_is_type(value, type))
		return NULL;
	return value;
}

const char *json_field(const struct json_object *object, const char *name)
{
	return json_object_get_string(get(object, name, json_type_string));
}

struct json_object *json_list(const struct json_object *object, const char *name)
{
	return get(object, name, json_type_array);
}

static bool is_range(const struct json_object *o)
{
	return get(o, "section", json_type_string) && get(o, "offset", json_type_int) &&
	       get(o, "length", json_type_int);
}

static bool is_string(const struct json_object *o)
{
	return json_object_is_type(o, json_type_string);
}

static bool all(const struct json_object *list, bool (*test)(const struct json_object *))
{
	if (!list)
		return false;
	for (size_t i = 0; i < json_object_array_length(list); i++)
		if (!test(json_object_array_get_idx(list, i)))
			return false;
	return true;
}

static bool is_exclusion(const struct json_object *o)
{
	return get(o, "rule", json_type_string) && get(o, "resolution", json_type_string) &&
	       get(o, "sha256", json_type_string) && get(o, "proved", json_type_boolean) &&
	       all(json_list(o, "ranges"), is_range) && all(json_list(o, "contents"), is_string);
}

/* Only a compression leaves nothing out, and so has no hash. A trailer without one would be as if it was not there. */
static bool is_layer(const struct json_object *o)
{
	const char *kind = json_field(o, "kind");

	if (!kind || !get(o, "text", json_type_string) || !get(o, "proved", json_type_boolean))
		return false;
	return get(o, "sha256", json_type_string) ||
	       (!json_object_object_get_ex(o, "sha256", NULL) &&
		(!strcmp(kind, "gzip") || !strcmp(kind, "xz") || !strcmp(kind, "zstd")));
}

static bool is_part(const struct json_object *o)
{
	return get(o, "kind", json_type_string) && get(o, "name", json_type_string) && get(o, "hash", json_type_string);
}

/* Manifests of before there were maps do not have the field. */
static bool is_map_note(const struct json_object *m)
{
	struct json_object *note = NULL;

	return !json_object_object_get_ex(m, "map_note", &note) || !note ||
	       (get(note, "length", json_type_int) && get(note, "sha256", json_type_string));
}

static const char *manifest_fault(const struct json_object *m)
{
	struct tag tag;

	if (json_object_get_int(get(m, "schema", json_type_int)) != HASHSECT_MANIFEST_SCHEMA)
		return "not a manifest of a schema that this version knows";
	if (!json_field(m, "digest") || !tag_parse(json_field(m, "digest"), &tag))
		return "'digest' is not a digest of a scheme that this version knows";
	if (!json_field(m, "path"))
		return "'path' is missing";
	if (!all(json_list(m, "exclusions"), is_exclusion))
		return "'exclusions' is missing or malformed";
	if (json_object_object_get_ex(m, "layers", NULL) && !all(json_list(m, "layers"), is_layer))
		return "'layers' is malformed";
	if (!is_map_note(m))
		return "'map_note' is malformed";
	return all(json_list(m, "parts"), is_part) ? NULL : "'parts' is missing or malformed";
}

int manifest_read(const char *path, struct json_object **manifest, struct elfsect_error *error)
{
	autofclose FILE *file = fopen(path, "re");
	autofree char *text = NULL;
	enum json_tokener_error why;
	const char *fault;
	size_t size;

	if (!file)
		return failure_errno(error, errno, "%s", path);
	text = malloc(MANIFEST_SIZE_MAX);
	size = text ? fread(text, 1, MANIFEST_SIZE_MAX, file) : 0;
	if (!text || ferror(file))
		return failure_errno(error, text ? errno : ENOMEM, "%s", path);
	if (size == MANIFEST_SIZE_MAX)
		return failure(error, EFBIG, "%s: more than %u MB, too large for a manifest", path,
			       MANIFEST_SIZE_MAX >> 20);
	text[size] = '\0';
	if (strlen(text) != size)
		return failure(error, EINVAL, "%s: not a manifest: a zero byte in it", path);
	*manifest = json_tokener_parse_verbose(text, &why);
	if (!*manifest)
		return failure(error, EINVAL, "%s: not a manifest: %s", path, json_tokener_error_desc(why));
	fault = manifest_fault(*manifest);
	if (!fault)
		return 0;
	json_object_put(*manifest);
	*manifest = NULL;
	return failure(error, EINVAL, "%s: %s", path, fault);
}
