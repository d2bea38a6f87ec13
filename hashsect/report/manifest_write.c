// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/manifest_write.h"

#include "report/certificate.h"
#include "report/layers.h"

static struct json_object *range_object(const struct manifest_range *range)
{
	struct json_object *o = json_object_new_object();

	json_set(&o, "section", json_name(range->section));
	json_set(&o, "offset", json_number(range->offset));
	json_set(&o, "file_offset", json_number(range->file_offset));
	json_set(&o, "length", json_number(range->length));
	return o;
}

static struct json_object *exclusion_piece_object(const struct exclusion_piece *piece)
{
	struct json_object *o = json_object_new_object();

	json_set(&o, "what", json_string(piece->what));
	json_set(&o, "size", json_number(piece->size));
	return o;
}

static struct json_object *exclusion_object(const struct manifest_exclusion *e)
{
	struct json_object *o = json_object_new_object();
	struct json_object *ranges = json_object_new_array(), *contents = json_object_new_array();
	struct json_object *certificates = json_object_new_array(), *pieces = json_object_new_array();

	for (size_t i = 0; i < e->range_count; i++)
		json_append(&ranges, range_object(&e->ranges[i]));
	for (size_t i = 0; i < e->piece_count; i++)
		json_append(&pieces, exclusion_piece_object(&e->pieces[i]));
	for (size_t i = 0; i < e->content_count; i++)
		json_append(&contents, json_name(e->contents[i]));
	for (size_t i = 0; i < e->certificate_count; i++)
		json_append(&certificates, certificate_object(&e->certificates[i]));
	json_set(&o, "rule", json_name(e->rule));
	json_set(&o, "reason", json_name(e->reason));
	json_set(&o, "class", json_string(e->content));
	json_set(&o, "resolution", json_object_new_string_len(&e->resolution, 1));
	json_set(&o, "ranges", ranges);
	json_set(&o, "sha256", json_hex(e->sha256, sizeof(e->sha256)));
	json_set(&o, "status", json_string(exclusion_status_name(e->status)));
	json_set(&o, "proved", json_boolean(e->status == EXCLUSION_PROVED));
	if (e->evidence)
		json_set(&o, "evidence", json_name(e->evidence));
	json_set(&o, "bytes", pieces);
	json_set(&o, "contents", contents);
	json_set(&o, "certificates", certificates);
	json_set(&o, "residue", json_number(e->residue_size));
	return o;
}

struct json_object *manifest_exclusions_object(const struct manifest *m)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < m->exclusion_count; i++)
		json_append(&list, exclusion_object(&m->exclusions[i]));
	return list;
}

static void set_or_null(struct json_object **o, const char *name, const char *text)
{
	if (text)
		json_set(o, name, json_name(text));
	else
		json_set_null(o, name);
}

static struct json_object *signature_object(const struct manifest_layer *layer)
{
	struct json_object *o = json_object_new_object(), *signer = json_object_new_object();

	if (layer->signer_name)
		json_set(&signer, "name", json_name(layer->signer_name));
	if (layer->key_id) {
		json_set(&signer, "key_id", json_string(layer->key_id));
	} else if (layer->issuer) {
		json_set(&signer, "issuer", json_name(layer->issuer));
		json_set(&signer, "serial", json_string(layer->serial));
	}
	set_or_null(&o, "hash", layer->hash);
	set_or_null(&o, "algorithm", layer->algorithm);
	json_set(&o, "signers", json_number(layer->signers));
	json_set(&o, "signer", signer);
	return o;
}

static struct json_object *pieces_object(const struct manifest_layer *layer)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < layer->piece_count; i++) {
		struct json_object *o = json_object_new_object();

		json_set(&o, "name", json_name(layer->pieces[i].name));
		json_set(&o, "size", json_number(layer->pieces[i].size));
		json_set(&o, "sha256", json_hex(layer->pieces[i].sha256, sizeof(layer->pieces[i].sha256)));
		json_append(&list, o);
	}
	return list;
}

static struct json_object *layer_object(const struct manifest_layer *layer)
{
	struct json_object *o = json_object_new_object();

	json_set(&o, "kind", json_string(layer->kind));
	json_set(&o, "size", json_number(layer->size));
	json_set(&o, "content_size", json_number(layer->content_size));
	if (layer->is_trailer) {
		json_set(&o, "id_type", json_number(layer->id_type));
		json_set(&o, "offset", json_number(layer->offset));
		json_set(&o, "sha256", json_hex(layer->sha256, sizeof(layer->sha256)));
		json_set(&o, "counted", json_boolean(layer->counted));
	}
	if (layer->pieces) {
		json_set(&o, "counted", json_boolean(layer->counted));
		json_set(&o, "pieces", pieces_object(layer));
	}
	if (layer->signers)
		json_set(&o, "signature", signature_object(layer));
	json_set(&o, "status", json_string(layer_status_name(layer->status)));
	json_set(&o, "proved", json_boolean(layer->status == LAYER_VERIFIED));
	json_set(&o, "text", json_name(layer->text));
	return o;
}

struct json_object *manifest_layers_object(const struct manifest_layer *layers, size_t count)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < count; i++)
		json_append(&list, layer_object(&layers[i]));
	return list;
}

void manifest_set_map(struct json_object **o, const struct manifest *m)
{
	struct json_object *map = NULL, *note = NULL;

	if (m->map_use != HASHSECT_MAP_NONE) {
		map = json_object_new_object();
		json_set(&map, "from", json_string(m->map_use == HASHSECT_MAP_GIVEN ? "file" : "note"));
		json_set(&map, "sha256", json_hex(m->map_sha256, sizeof(m->map_sha256)));
		json_set(&map, "digest", json_string(m->map_digest));
		json_set(o, "map", map);
	} else {
		json_set_null(o, "map");
	}
	if (m->map_note) {
		note = json_object_new_object();
		json_set(&note, "file_offset", json_number(m->map_note->file_offset));
		json_set(&note, "length", json_number(m->map_note->length));
		json_set(&note, "sha256", json_hex(m->map_note->sha256, sizeof(m->map_note->sha256)));
		json_set(o, "map_note", note);
	} else {
		json_set_null(o, "map_note");
	}
}

static struct json_object *part_object(const struct manifest_part *part, size_t hash_size)
{
	struct json_object *o = json_object_new_object(), *leaves = json_object_new_array();

	json_set(&o, "kind", json_string(manifest_part_kind(part->kind)));
	if (part->number)
		json_set(&o, "number", json_number(part->number));
	json_set(&o, "name", json_name(part->name));
	json_set(&o, "size", json_number(part->size));
	json_set(&o, "hash", json_hex(part->hash, hash_size));
	for (uint64_t i = 0; i < part->leaf_count; i++)
		json_append(&leaves, json_hex(part->leaves + i * hash_size, hash_size));
	json_set(&o, "leaves", leaves);
	return o;
}

static struct json_object *manifest_object(const struct manifest *m)
{
	struct json_object *o = json_object_new_object(), *parts;

	json_set(&o, "schema", json_number(HASHSECT_MANIFEST_SCHEMA));
	json_set(&o, "digest", json_string(m->digest));
	json_set(&o, "path", json_name(m->path));
	json_set(&o, "size", json_number(m->size));
	json_set(&o, "exclusions", manifest_exclusions_object(m));
	manifest_set_map(&o, m);
	if (m->parts) {
		parts = json_object_new_array();
		for (size_t i = 0; i < m->part_count; i++)
			json_append(&parts, part_object(&m->parts[i], m->hash_size));
		json_set(&o, "parts", parts);
	}
	if (m->layers)
		json_set(&o, "layers", manifest_layers_object(m->layers, m->layer_count));
	if (m->policy)
		json_set(&o, "policy", json_object_new_string(m->policy));
	return o;
}

int manifest_print(const struct manifest *m, FILE *out)
{
	return json_print(manifest_object(m), out);
}

void files_report_manifest(struct files_report *r, const struct manifest *m)
{
	json_append(&r->list, m ? manifest_object(m) : NULL);
}

char *hashsect_manifest(const struct hashsect_digest *d, const struct elfsect_view *view,
			const struct hashsect_policy *policy)
{
	struct manifest *m = manifest_make(d, view, NULL, policy, true);
	char *text = m ? json_text(manifest_object(m)) : NULL;

	manifest_free(m);
	return text;
}
