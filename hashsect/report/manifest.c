// SPDX-License-Identifier: LGPL-2.1-or-later
/* The manifest: a digest with the hashes it is made of, as JSON. */
#include "report/manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest/digest.h"

static struct json_object *hex(const uint8_t *bytes, size_t size)
{
	char text[2 * HASHSECT_HASH_MAX + 1] = "";

	for (size_t i = 0; i < size; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	return json_object_new_string(text);
}

struct json_object *json_name(const char *name)
{
	const size_t length = strlen(name);
	char *text = malloc(4 * length + 1), *out = text;
	struct json_object *object;

	if (!text)
		return NULL;
	for (; *name; name++) {
		const unsigned char c = (unsigned char)*name;

		if (c < 0x20 || c > 0x7e || c == '\\')
			out += sprintf(out, "\\x%02x", c);
		else
			*out++ = *name;
	}
	*out = '\0';
	object = json_object_new_string(text);
	free(text);
	return object;
}

static struct json_object *range_object(const struct hashsect_range *range)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "section", json_name(range->section_name));
	json_object_object_add(o, "offset", json_object_new_uint64(range->offset));
	json_object_object_add(o, "file_offset", json_object_new_uint64(range->file_offset));
	json_object_object_add(o, "length", json_object_new_uint64(range->length));
	return o;
}

static struct json_object *exclusion_object(const struct hashsect_exclusion *e)
{
	struct json_object *o = json_object_new_object();
	struct json_object *ranges = json_object_new_array(), *contents = json_object_new_array();

	for (size_t i = 0; i < e->range_count; i++)
		json_object_array_add(ranges, range_object(&e->ranges[i]));
	for (size_t i = 0; i < e->content_count; i++)
		json_object_array_add(contents, json_name(e->contents[i]));
	json_object_object_add(o, "rule", json_name(e->rule));
	json_object_object_add(o, "reason", json_name(e->reason));
	json_object_object_add(o, "resolution", json_object_new_string_len(&e->resolution, 1));
	json_object_object_add(o, "ranges", ranges);
	json_object_object_add(o, "sha256", hex(e->sha256, sizeof(e->sha256)));
	json_object_object_add(o, "proved", json_object_new_boolean(e->proved));
	if (e->evidence)
		json_object_object_add(o, "evidence", json_name(e->evidence));
	json_object_object_add(o, "contents", contents);
	json_object_object_add(o, "residue", json_object_new_uint64(e->residue_size));
	return o;
}

static struct json_object *part_object(const struct hashsect_part *part, size_t hash_size)
{
	static const char *const kinds[] = {"", "policy", "exclusion", "header", "segment", "section"};
	struct json_object *o = json_object_new_object(), *leaves = json_object_new_array();

	json_object_object_add(o, "kind", json_object_new_string(kinds[part->kind]));
	if (part->number)
		json_object_object_add(o, "number", json_object_new_int64(part->number));
	json_object_object_add(o, "name", json_name(part->name));
	json_object_object_add(o, "size", json_object_new_uint64(part->content_size));
	json_object_object_add(o, "hash", hex(part->hash, hash_size));
	for (uint64_t i = 0; i < part->leaf_count; i++)
		json_object_array_add(leaves, hex(part->leaves + i * hash_size, hash_size));
	json_object_object_add(o, "leaves", leaves);
	return o;
}

/* The map that was used, and the note that was left out; null if there was none. */
static void add_map_fields(struct json_object *o, const struct hashsect_digest *d)
{
	struct json_object *map = NULL, *note = NULL;

	if (d->map_use != HASHSECT_MAP_NONE) {
		map = json_object_new_object();
		json_object_object_add(map, "from",
				       json_object_new_string(d->map_use == HASHSECT_MAP_GIVEN ? "file" : "note"));
		json_object_object_add(map, "sha256", hex(d->map_sha256, sizeof(d->map_sha256)));
		json_object_object_add(map, "digest", json_object_new_string(d->map_digest));
	}
	if (d->left_out.section) {
		note = json_object_new_object();
		json_object_object_add(note, "file_offset", json_object_new_uint64(d->left_out.file_offset));
		json_object_object_add(note, "length", json_object_new_uint64(d->left_out.length));
		json_object_object_add(note, "sha256", hex(d->left_out_sha256, sizeof(d->left_out_sha256)));
	}
	json_object_object_add(o, "map", map);
	json_object_object_add(o, "map_note", note);
}

struct json_object *manifest_object(const struct hashsect_digest *d, const struct elfsect_view *view, bool with_parts)
{
	struct json_object *o = json_object_new_object();
	struct json_object *exclusions = json_object_new_array(), *parts;
	uint64_t size;

	elfsect_view_bytes(view, &size);
	for (size_t i = 0; i < d->exclusion_count; i++)
		json_object_array_add(exclusions, exclusion_object(&d->exclusions[i]));
	json_object_object_add(o, "schema", json_object_new_int(HASHSECT_MANIFEST_SCHEMA));
	json_object_object_add(o, "digest", json_object_new_string(d->tagged));
	json_object_object_add(o, "path", json_name(elfsect_view_name(view)));
	json_object_object_add(o, "size", json_object_new_uint64(size));
	json_object_object_add(o, "exclusions", exclusions);
	add_map_fields(o, d);
	if (!with_parts)
		return o;
	parts = json_object_new_array();
	for (size_t i = 0; i < d->part_count; i++)
		json_object_array_add(parts, part_object(&d->parts[i], d->hash_size));
	json_object_object_add(o, "parts", parts);
	return o;
}

char *json_text(struct json_object *o)
{
	const char *text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
								     JSON_C_TO_STRING_NOSLASHESCAPE);
	char *copy = text ? strdup(text) : NULL;

	json_object_put(o);
	return copy;
}

char *hashsect_manifest(const struct hashsect_digest *d, const struct elfsect_view *view,
			const struct hashsect_policy *policy)
{
	struct json_object *o = manifest_object(d, view, true);

	json_object_object_add(o, "policy", json_object_new_string(hashsect_policy_text(policy)));
	return json_text(o);
}
