// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/manifest.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "base/x509_names.h"
#include "report/cms.h"
#include "report/finding.h"
#include "report/layers.h"

const char *manifest_part_kind(unsigned int kind)
{
	static const char *const names[] = {NULL,      "policy",  "exclusion", "header",
					    "segment", "section", "trailer",   "surrounding"};

	return kind < sizeof(names) / sizeof(names[0]) ? names[kind] : NULL;
}

const char *exclusion_status_name(enum exclusion_status status)
{
	static const char *const names[] = {"nothing left out", "well-formed", "proved", "not proved"};

	return status < sizeof(names) / sizeof(names[0]) ? names[status] : NULL;
}

/*
 * Functions below go on after memory was missing, and leave NULL where they had none: the arena remembers it, and
 * manifest_make() looks at the end.
 */

static void fill_ranges(struct arena *arena, const struct hashsect_exclusion *e, struct manifest_exclusion *out)
{
	out->ranges = arena_take(arena, e->range_count, sizeof(*out->ranges));
	for (size_t i = 0; out->ranges && i < e->range_count; i++, out->range_count++)
		out->ranges[i] = (struct manifest_range){
			.section = arena_string(arena, e->ranges[i].section_name),
			.offset = e->ranges[i].offset,
			.file_offset = e->ranges[i].file_offset,
			.length = e->ranges[i].length,
		};
}

static void fill_certificates(struct arena *arena, const struct hashsect_exclusion *e, struct manifest_exclusion *out)
{
	size_t count = 0;

	for (size_t i = 0; i < e->finding_count; i++)
		count += e->findings[i].kind == HASHSECT_FOUND_CERTIFICATE;
	out->certificates = arena_take(arena, count, sizeof(*out->certificates));
	for (size_t i = 0; out->certificates && i < e->finding_count; i++)
		if (e->findings[i].kind == HASHSECT_FOUND_CERTIFICATE)
			out->certificates[out->certificate_count++] = *e->findings[i].certificate;
}

/* In the order of the kinds, so that those of one name stand in a row. */
static void fill_exclusion_pieces(struct arena *arena, const struct hashsect_exclusion *e,
				  struct manifest_exclusion *out)
{
	out->pieces = arena_take(arena, e->finding_count + 1, sizeof(*out->pieces));
	for (unsigned int kind = 0; out->pieces && kind <= HASHSECT_FOUND_PADDING; kind++)
		for (size_t i = 0; i < e->finding_count; i++) {
			struct exclusion_piece *piece = &out->pieces[out->piece_count];

			if (e->findings[i].kind != kind)
				continue;
			piece->what = finding_piece(&e->findings[i], &piece->size);
			out->piece_count += piece->size > 0;
		}
}

static bool is_only_piece(const struct hashsect_finding *f)
{
	return f->kind == HASHSECT_FOUND_LENGTH_WORD || f->kind == HASHSECT_FOUND_PADDING;
}

static void fill_contents(struct arena *arena, const struct hashsect_exclusion *e, struct manifest_exclusion *out)
{
	out->contents = arena_take(arena, e->finding_count, sizeof(*out->contents));
	for (size_t i = 0; out->contents && i < e->finding_count; i++) {
		autofree char *text = NULL;

		if (is_only_piece(&e->findings[i]))
			continue;
		text = finding_text(&e->findings[i]);
		out->contents[out->content_count++] = text ? arena_string(arena, text) : NULL;
		arena->failed |= !text;
	}
}

static enum exclusion_status status_of(const struct hashsect_exclusion *e)
{
	if (!e->range_count)
		return EXCLUSION_EMPTY;
	return !e->proved ? EXCLUSION_NOT_PROVED : e->evidence ? EXCLUSION_PROVED : EXCLUSION_WELL_FORMED;
}

static void fill_exclusion(struct arena *arena, const struct hashsect_exclusion *e, struct manifest_exclusion *out)
{
	*out = (struct manifest_exclusion){
		.rule = arena_string(arena, e->rule),
		.reason = arena_string(arena, e->reason),
		.content = arena_string(arena, e->content),
		.resolution = e->resolution,
		.status = status_of(e),
		.evidence = e->evidence ? arena_string(arena, e->evidence) : NULL,
		.residue_size = e->residue_size,
	};
	memcpy(out->sha256, e->sha256, sizeof(out->sha256));
	fill_ranges(arena, e, out);
	fill_certificates(arena, e, out);
	fill_exclusion_pieces(arena, e, out);
	fill_contents(arena, e, out);
}

static void fill_signature(struct arena *arena, const struct cms_signature *s, struct manifest_layer *out)
{
	char issuer[2048], hex[2 * CMS_KEY_ID_MAX + 1];

	out->signers = 1;
	out->hash = arena_string(arena, s->hash);
	out->algorithm = arena_string(arena, cms_algorithm_name(s));
	if (s->key_id.size) {
		text_hex(s->key_id.content, s->key_id.length, hex, sizeof(hex));
		out->key_id = arena_string(arena, hex);
		return;
	}
	x509_name_of_der(&s->issuer, issuer, sizeof(issuer));
	text_hex(s->serial.content, s->serial.length, hex, sizeof(hex));
	out->issuer = arena_string(arena, issuer);
	out->serial = arena_string(arena, hex);
}

static void fill_outline(struct arena *arena, const struct cms_outline *o, struct manifest_layer *out)
{
	out->signers = o->signers;
	out->hash = *o->hash ? arena_string(arena, o->hash) : NULL;
	out->algorithm = *o->algorithm ? arena_string(arena, o->algorithm) : NULL;
}

static void fill_named(struct arena *arena, const struct image_layer *layer, struct manifest_layer *out)
{
	char text[LAYER_NAME_MAX];

	out->signers = 1;
	layer_signer_name(layer, text);
	out->signer_name = arena_string(arena, text);
	layer_key_id(layer, text);
	out->key_id = arena_string(arena, text);
}

static bool with_cms(const struct image_layer *layer)
{
	return layer->kind->form == LAYER_SIGNATURE || layer->kind->form == LAYER_PE_SIGNATURE;
}

static void fill_pieces(struct arena *arena, const struct image_layer *layer, struct manifest_layer *out)
{
	out->pieces = arena_take(arena, layer->piece_count + 1, sizeof(*out->pieces));
	for (size_t i = 0; out->pieces && i < layer->piece_count; i++, out->piece_count++) {
		out->pieces[i].name = arena_string(arena, layer->pieces[i].name);
		out->pieces[i].size = layer->pieces[i].size;
		memcpy(out->pieces[i].sha256, layer->pieces[i].sha256, sizeof(out->pieces[i].sha256));
	}
}

static void fill_layer(struct arena *arena, const struct image_layer *layer, bool counted, bool surroundings_counted,
		       struct manifest_layer *out)
{
	const bool understood = layer->status == LAYER_WELL_FORMED || layer->status == LAYER_VERIFIED;
	char text[LAYER_TEXT_MAX];

	layer_text(layer, text);
	*out = (struct manifest_layer){
		.kind = layer->kind->name,
		.size = layer->size,
		.content_size = layer->content_size,
		.is_trailer = layer->kind->leaves_out,
		.id_type = layer->id_type,
		.offset = layer->offset,
		.status = layer->status,
		.text = arena_string(arena, text),
	};
	out->counted = layer->kind->surrounds ? surroundings_counted : out->is_trailer && counted;
	if (layer->kind->surrounds)
		fill_pieces(arena, layer, out);
	memcpy(out->sha256, layer->sha256, sizeof(out->sha256));
	if (layer->kind->form == LAYER_NAMED)
		fill_named(arena, layer, out);
	else if (with_cms(layer) && understood)
		fill_signature(arena, &layer->signature, out);
	else if (with_cms(layer))
		fill_outline(arena, &layer->outline, out);
}

bool trailers_count(const struct hashsect_digest *d)
{
	return !d->exclusion_count;
}

struct manifest_layer *manifest_layers_make(struct arena *arena, const struct image *image, bool counted,
					    bool surroundings_counted, size_t *count)
{
	const struct image_layer *layer = image_layers(image, count);
	struct manifest_layer *layers = arena_take(arena, *count + 1, sizeof(*layers));

	for (size_t i = 0; layers && i < *count; i++)
		fill_layer(arena, &layer[i], counted, surroundings_counted, &layers[i]);
	return layers;
}

static void fill_map(struct manifest *m, const struct hashsect_digest *d)
{
	m->map_use = d->map_use;
	if (d->map_use != HASHSECT_MAP_NONE) {
		m->map_digest = arena_string(&m->arena, d->map_digest);
		memcpy(m->map_sha256, d->map_sha256, sizeof(m->map_sha256));
	}
	if (!d->left_out.section)
		return;
	m->map_note = arena_take(&m->arena, 1, sizeof(*m->map_note));
	if (!m->map_note)
		return;
	m->map_note->file_offset = d->left_out.file_offset;
	m->map_note->length = d->left_out.length;
	memcpy(m->map_note->sha256, d->left_out_sha256, sizeof(m->map_note->sha256));
}

static void fill_parts(struct manifest *m, const struct hashsect_digest *d)
{
	m->parts = arena_take(&m->arena, d->part_count, sizeof(*m->parts));
	for (size_t i = 0; m->parts && i < d->part_count; i++, m->part_count++) {
		const struct hashsect_part *part = &d->parts[i];
		struct manifest_part *out = &m->parts[i];

		*out = (struct manifest_part){
			.kind = part->kind,
			.number = part->number,
			.name = arena_string(&m->arena, part->name),
			.size = part->content_size,
			.leaves = arena_take(&m->arena, part->leaf_count, d->hash_size),
			.leaf_count = part->leaf_count,
		};
		memcpy(out->hash, part->hash, d->hash_size);
		if (out->leaves)
			memcpy(out->leaves, part->leaves, part->leaf_count * d->hash_size);
	}
}

struct manifest *manifest_make(const struct hashsect_digest *d, const struct elfsect_view *view,
			       const struct image *image, const struct hashsect_policy *policy, bool with_parts)
{
	struct manifest *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->digest = arena_string(&m->arena, d->tagged);
	m->hash_size = d->hash_size;
	m->path = arena_string(&m->arena, elfsect_view_name(view));
	elfsect_view_bytes(view, &m->size);
	m->exclusions = arena_take(&m->arena, d->exclusion_count, sizeof(*m->exclusions));
	for (size_t i = 0; m->exclusions && i < d->exclusion_count; i++, m->exclusion_count++)
		fill_exclusion(&m->arena, &d->exclusions[i], &m->exclusions[i]);
	if (image)
		m->layers = manifest_layers_make(&m->arena, image, trailers_count(d), d->scope == HASHSECT_SCOPE_FILE,
						 &m->layer_count);
	fill_map(m, d);
	m->map_agrees = elfsect_view_symtab(view) != NULL;
	if (with_parts)
		fill_parts(m, d);
	if (policy)
		m->policy = arena_string(&m->arena, hashsect_policy_text(policy));
	if (!m->arena.failed && tag_parse(m->digest, &m->tag))
		return m;
	manifest_free(m);
	return NULL;
}

void manifest_free(struct manifest *m)
{
	if (!m)
		return;
	arena_clear(&m->arena);
	free(m);
}

int manifest_proved(const struct manifest *m, bool accept_build_id, const char *name, struct elfsect_error *error)
{
	for (size_t i = 0; i < m->layer_count; i++)
		if (m->layers[i].is_trailer && !m->layers[i].counted && m->layers[i].status != LAYER_VERIFIED)
			return failure(error, EBADMSG, "%s: a layer that is not proved (--require-proof): %s", name,
				       m->layers[i].text);
	for (size_t i = 0; i < m->exclusion_count; i++) {
		const struct manifest_exclusion *e = &m->exclusions[i];

		if (e->status != EXCLUSION_NOT_PROVED || (accept_build_id && !strcmp(e->content, "build-id")))
			continue;
		return failure(error, EBADMSG, "%s: rule %s: the excluded bytes are not proved (--require-proof)%s",
			       name, e->rule,
			       strcmp(e->content, "build-id") ? "" : "; --accept-build-id takes a build-id as it is");
	}
	return 0;
}
