// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/manifest_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "report/certificate.h"
#include "report/layers.h"

/*
 * Functions below say whether the JSON is as it should be. Where memory was missing they may say no; the arena
 * remembers, and manifest_read() looks there first.
 */

/* A string as json_string() writes it. */
static bool take_string(struct arena *arena, struct json_object *value, const char **out)
{
	const char *text = json_take_string(value);

	*out = text ? arena_string(arena, text) : NULL;
	return *out;
}

/* A string as json_name() writes it. */
static bool take_name(struct arena *arena, struct json_object *value, const char **out)
{
	const char *text = json_take_string(value);
	char *copy = text ? arena_string(arena, text) : NULL;

	*out = copy;
	return copy && text_unescape(copy);
}

static struct json_object *string(const struct json_object *o, const char *name)
{
	return json_member(o, name, json_type_string);
}

/* The elements of a list, each taken into one of the array that is returned; NULL: they are not as they should be. */
static void *take_list(struct arena *arena, struct json_object *list, size_t size,
		       bool (*take)(struct arena *arena, struct json_object *o, void *out), size_t *count)
{
	const size_t length = list ? json_object_array_length(list) : 0;
	char *elements = list ? arena_take(arena, length, size) : NULL;

	for (*count = 0; elements && *count < length; ++*count)
		if (!take(arena, json_object_array_get_idx(list, *count), elements + *count * size))
			return NULL;
	return elements;
}

static struct json_object *array(const struct json_object *o, const char *name)
{
	return json_member(o, name, json_type_array);
}

/* ------------------------------------------------------------------------------------------------------ exclusions */

static bool take_range(struct arena *arena, struct json_object *o, void *out)
{
	struct manifest_range *range = out;

	return take_name(arena, string(o, "section"), &range->section) &&
	       json_take_number(o, "offset", &range->offset) &&
	       json_take_number(o, "file_offset", &range->file_offset) && json_take_number(o, "length", &range->length);
}

static bool take_content(struct arena *arena, struct json_object *o, void *out)
{
	return take_name(arena, o, out);
}

static bool take_certificate(struct arena *arena, struct json_object *o, void *out)
{
	(void)arena;
	return certificate_take(o, out);
}

static bool take_exclusion_piece(struct arena *arena, struct json_object *o, void *out)
{
	struct exclusion_piece *piece = out;

	return take_string(arena, string(o, "what"), &piece->what) && json_take_number(o, "size", &piece->size);
}

/* What "status" says, and "proved" says again. */
static bool take_exclusion_status(struct json_object *o, enum exclusion_status *status)
{
	const char *text = json_take_string(string(o, "status")), *name;
	bool proved;

	for (*status = 0; text && (name = exclusion_status_name(*status)); ++*status)
		if (!strcmp(text, name))
			return json_take_bool(o, "proved", &proved) && proved == (*status == EXCLUSION_PROVED);
	return false;
}

static bool take_exclusion(struct arena *arena, struct json_object *o, void *out)
{
	struct manifest_exclusion *e = out;
	const char *resolution = json_take_string(string(o, "resolution"));

	if (!resolution || !*resolution || !strchr("FSMN", *resolution) || resolution[1])
		return false;
	e->resolution = *resolution;
	if (json_has(o, "evidence") && !take_name(arena, string(o, "evidence"), &e->evidence))
		return false;
	e->ranges = take_list(arena, array(o, "ranges"), sizeof(*e->ranges), take_range, &e->range_count);
	e->contents = take_list(arena, array(o, "contents"), sizeof(*e->contents), take_content, &e->content_count);
	e->certificates = take_list(arena, array(o, "certificates"), sizeof(*e->certificates), take_certificate,
				    &e->certificate_count);
	e->pieces = take_list(arena, array(o, "bytes"), sizeof(*e->pieces), take_exclusion_piece, &e->piece_count);
	if ((!e->certificates && json_has(o, "certificates")) || (!e->pieces && json_has(o, "bytes")))
		return false;
	return e->ranges && e->contents && take_name(arena, string(o, "rule"), &e->rule) &&
	       take_string(arena, string(o, "class"), &e->content) &&
	       take_name(arena, string(o, "reason"), &e->reason) &&
	       json_take_hex(o, "sha256", e->sha256, sizeof(e->sha256)) && take_exclusion_status(o, &e->status) &&
	       (e->status == EXCLUSION_EMPTY) == !e->range_count && json_take_number(o, "residue", &e->residue_size);
}

/* ---------------------------------------------------------------------------------------------------------- layers */

/* A member that may be null or missing. */
static bool take_optional(struct arena *arena, const struct json_object *o, const char *name, const char **out)
{
	return !json_has(o, name) || take_name(arena, string(o, name), out);
}

static bool take_signature(struct arena *arena, const struct json_object *o, struct manifest_layer *layer)
{
	const struct json_object *signer = json_member(o, "signer", json_type_object);

	return signer && json_take_number(o, "signers", &layer->signers) && layer->signers &&
	       take_optional(arena, signer, "name", &layer->signer_name) &&
	       take_optional(arena, signer, "key_id", &layer->key_id) &&
	       take_optional(arena, signer, "issuer", &layer->issuer) &&
	       take_optional(arena, signer, "serial", &layer->serial) && !layer->issuer == !layer->serial &&
	       take_optional(arena, o, "hash", &layer->hash) && take_optional(arena, o, "algorithm", &layer->algorithm);
}

static const struct layer_kind *kind_of(const char *name)
{
	for (size_t i = 0; layer_kind_at(i); i++)
		if (!strcmp(layer_kind_at(i)->name, name))
			return layer_kind_at(i);
	return NULL;
}

/* Its hash, and where it was. */
static bool take_trailer(struct json_object *o, struct manifest_layer *layer)
{
	uint64_t id_type;

	if (!json_take_number(o, "id_type", &id_type) || id_type > UINT8_MAX)
		return false;
	layer->id_type = (uint8_t)id_type;
	return json_take_hex(o, "sha256", layer->sha256, sizeof(layer->sha256)) &&
	       json_take_number(o, "offset", &layer->offset) && json_take_bool(o, "counted", &layer->counted);
}

static bool take_piece(struct arena *arena, struct json_object *o, void *out)
{
	struct manifest_piece *piece = out;

	return take_name(arena, string(o, "name"), &piece->name) && json_take_number(o, "size", &piece->size) &&
	       json_take_hex(o, "sha256", piece->sha256, sizeof(piece->sha256));
}

static bool take_pieces(struct arena *arena, struct json_object *o, struct manifest_layer *layer)
{
	layer->pieces = take_list(arena, array(o, "pieces"), sizeof(*layer->pieces), take_piece, &layer->piece_count);
	return layer->pieces && json_take_bool(o, "counted", &layer->counted);
}

static bool take_status(struct json_object *o, enum layer_status *status)
{
	const char *text = json_take_string(string(o, "status")), *name;
	bool proved;

	for (*status = 0; text && (name = layer_status_name(*status)); ++*status)
		if (!strcmp(name, text))
			return json_take_bool(o, "proved", &proved) && proved == (*status == LAYER_VERIFIED);
	return false;
}

/*
 * Only a compression and a boot image leave nothing out, and so have no hash. A trailer without one would be as if it
 * was not there, and a boot image without its pieces too.
 */
static bool take_layer(struct arena *arena, struct json_object *o, void *out)
{
	struct manifest_layer *layer = out;
	const struct layer_kind *kind;

	if (!take_string(arena, string(o, "kind"), &layer->kind))
		return false;
	layer->is_trailer = json_has(o, "sha256");
	kind = kind_of(layer->kind);
	if (layer->is_trailer ? !take_trailer(o, layer) : !kind || !(kind->compresses || kind->surrounds))
		return false;
	if (!layer->is_trailer && kind->surrounds && !take_pieces(arena, o, layer))
		return false;
	if (json_has(o, "signature") && !take_signature(arena, json_member(o, "signature", json_type_object), layer))
		return false;
	return json_take_number(o, "size", &layer->size) && json_take_number(o, "content_size", &layer->content_size) &&
	       take_status(o, &layer->status) && take_name(arena, string(o, "text"), &layer->text);
}

/* ----------------------------------------------------------------------------------------------------- map, parts */

static bool take_map(struct manifest *m, const struct json_object *o)
{
	const struct json_object *map = json_member(o, "map", json_type_object);
	const char *from = json_take_string(string(map, "from"));

	if (!json_has(o, "map"))
		return true;
	if (!from || (strcmp(from, "file") != 0 && strcmp(from, "note") != 0))
		return false;
	m->map_use = strcmp(from, "file") ? HASHSECT_MAP_OF_NOTE : HASHSECT_MAP_GIVEN;
	return json_take_hex(map, "sha256", m->map_sha256, sizeof(m->map_sha256)) &&
	       take_string(&m->arena, string(map, "digest"), &m->map_digest);
}

static bool take_note(struct manifest *m, const struct json_object *o)
{
	const struct json_object *note = json_member(o, "map_note", json_type_object);

	if (!json_has(o, "map_note"))
		return true;
	m->map_note = arena_take(&m->arena, 1, sizeof(*m->map_note));
	return m->map_note && json_take_number(note, "file_offset", &m->map_note->file_offset) &&
	       json_take_number(note, "length", &m->map_note->length) &&
	       json_take_hex(note, "sha256", m->map_note->sha256, sizeof(m->map_note->sha256));
}

static bool take_kind(struct json_object *value, uint8_t *kind)
{
	const char *text = json_take_string(value), *name;

	for (*kind = 1; text && (name = manifest_part_kind(*kind)); ++*kind)
		if (!strcmp(name, text))
			return true;
	return false;
}

static bool take_part(struct manifest *m, const struct json_object *o, struct manifest_part *part)
{
	const struct json_object *leaves = array(o, "leaves");
	uint64_t number = 0;

	if (!leaves || !take_kind(string(o, "kind"), &part->kind) ||
	    !take_name(&m->arena, string(o, "name"), &part->name) || !json_take_number(o, "size", &part->size) ||
	    !json_take_hex(o, "hash", part->hash, m->hash_size) ||
	    (json_has(o, "number") && !json_take_number(o, "number", &number)) || number > UINT32_MAX)
		return false;
	part->number = (uint32_t)number;
	part->leaf_count = json_object_array_length(leaves);
	part->leaves = arena_take(&m->arena, part->leaf_count, m->hash_size);
	for (size_t i = 0; part->leaves && i < part->leaf_count; i++) {
		const char *hex = json_take_string(json_object_array_get_idx(leaves, i));

		if (!hex || !text_hex_parse(hex, part->leaves + i * m->hash_size, m->hash_size))
			return false;
	}
	return part->leaves;
}

static bool take_parts(struct manifest *m, const struct json_object *o)
{
	const struct json_object *list = array(o, "parts");
	const size_t count = list ? json_object_array_length(list) : 0;

	m->parts = list ? arena_take(&m->arena, count, sizeof(*m->parts)) : NULL;
	for (; m->parts && m->part_count < count; m->part_count++)
		if (!take_part(m, json_object_array_get_idx(list, m->part_count), &m->parts[m->part_count]))
			return false;
	return m->parts;
}

/* -------------------------------------------------------------------------------------------------------- the whole */

/* What is wrong, or NULL. */
static const char *take_manifest(struct manifest *m, const struct json_object *o)
{
	struct arena *arena = &m->arena;
	uint64_t schema;

	if (!json_take_number(o, "schema", &schema) || schema != HASHSECT_MANIFEST_SCHEMA)
		return "not a manifest of a schema that this version knows";
	if (!take_string(arena, string(o, "digest"), &m->digest) || !tag_parse(m->digest, &m->tag))
		return "'digest' is not a digest of a scheme that this version knows";
	m->hash_size = hash_size(m->tag.hash);
	if (!take_name(arena, string(o, "path"), &m->path))
		return "'path' is missing or malformed";
	if (!json_take_number(o, "size", &m->size))
		return "'size' is missing or malformed";
	m->exclusions =
		take_list(arena, array(o, "exclusions"), sizeof(*m->exclusions), take_exclusion, &m->exclusion_count);
	if (!m->exclusions)
		return "'exclusions' is missing or malformed";
	m->layers = take_list(arena, array(o, "layers"), sizeof(*m->layers), take_layer, &m->layer_count);
	if (!m->layers && json_has(o, "layers"))
		return "'layers' is malformed";
	if (!take_map(m, o))
		return "'map' is malformed";
	if (!take_note(m, o))
		return "'map_note' is malformed";
	if (json_has(o, "policy") && !take_string(arena, string(o, "policy"), &m->policy))
		return "'policy' is malformed";
	return take_parts(m, o) ? NULL : "'parts' is missing or malformed";
}

int manifest_read(const char *path, struct manifest **out, struct elfsect_error *error)
{
	struct manifest *m = calloc(1, sizeof(*m));
	struct json_object *o = NULL;
	const char *fault = NULL;
	int ret = m ? json_read(path, "manifest", &o, error) : failure_errno(error, ENOMEM, "%s", path);

	if (!ret)
		fault = take_manifest(m, o);
	json_object_put(o);
	if (!ret && m->arena.failed)
		ret = failure_errno(error, ENOMEM, "%s", path);
	else if (fault)
		ret = failure(error, EINVAL, "%s: %s", path, fault);
	*out = ret ? NULL : m;
	if (ret)
		manifest_free(m);
	return ret;
}
