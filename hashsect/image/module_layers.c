// SPDX-License-Identifier: LGPL-2.1-or-later
/* What stands behind a module: four kinds of layer in one format, told apart by id_type. */
#include <errno.h>
#include <stdio.h>

#include "base/error.h"
#include "image/layer.h"
#include "image/module_trailer.h"

static int find(const struct layer_source *source, struct image_layer *layer, struct module_trailer *trailer,
		struct elfsect_error *error)
{
	const int ret = module_trailer_find(source->bytes, source->size, source->name, trailer, error);

	if (ret)
		return ret;
	layer->bytes = source->bytes + trailer->data_offset;
	layer->size = trailer->size;
	layer->data_size = trailer->data_size;
	layer->offset = trailer->data_offset;
	layer->content = source->bytes;
	layer->content_size = trailer->content_size;
	layer->id_type = trailer->id_type;
	return 0;
}

static void refuse(struct image_layer *layer, const char *what, const char *reason)
{
	layer->status = LAYER_MALFORMED;
	snprintf(layer->reason, sizeof(layer->reason), "%s: %.200s", what, reason);
}

static int wrap(const struct image_layer *layer, const uint8_t *content, uint64_t content_size, uint8_t **whole,
		uint64_t *whole_size, struct elfsect_error *error)
{
	const int ret = module_trailer_append(content, content_size, layer->bytes, layer->size, whole, whole_size);

	return ret ? failure_errno(error, -ret, "%s", layer->kind->name) : 0;
}

/* -------------------------------------------------------------------------------------------------------- signature */

static bool is_signature(const uint8_t *bytes, uint64_t size)
{
	const struct trailer_fields f = module_trailer_read(bytes, size);

	return f.has_info && f.id_type == TRAILER_ID_PKCS7;
}

static int peel_signature(const struct layer_source *source, struct image_layer *layer, struct elfsect_error *error)
{
	struct module_trailer trailer;
	struct elfsect_error reason;
	const int ret = find(source, layer, &trailer, error);

	if (ret)
		return ret;
	if (cms_check_outside(layer->bytes, layer->data_size, &reason)) {
		refuse(layer, "module signature", reason.message);
	} else if (cms_read(layer->bytes, layer->data_size, &layer->signature, &reason)) {
		layer->status = LAYER_NOT_UNDERSTOOD;
		layer->signature = (struct cms_signature){0};
		cms_outline_read(layer->bytes, layer->data_size, &layer->outline);
	}
	return 0;
}

const struct layer_kind layer_module_signature = {
	.name = "signature",
	.form = LAYER_SIGNATURE,
	.leaves_out = true,
	.recognise = is_signature,
	.peel = peel_signature,
	.wrap = wrap,
};

/* ----------------------------------------------------------------------------- signature with the name of its signer
 */

static bool is_named(const uint8_t *bytes, uint64_t size)
{
	const struct trailer_fields f = module_trailer_read(bytes, size);

	return f.has_info && (f.id_type == TRAILER_ID_PGP || f.id_type == TRAILER_ID_X509);
}

static int peel_named(const struct layer_source *source, struct image_layer *layer, struct elfsect_error *error)
{
	struct module_trailer trailer;
	const int ret = find(source, layer, &trailer, error);

	if (ret)
		return ret;
	layer->signer_size = trailer.signer_size;
	layer->key_id_size = trailer.key_id_size;
	layer->status = LAYER_NOT_UNDERSTOOD;
	snprintf(layer->reason, sizeof(layer->reason),
		 "module trailer: a signature as kernels before 4.3 have it (id_type %u): only a policy without rules "
		 "takes it",
		 layer->id_type);
	return 0;
}

const struct layer_kind layer_module_named = {
	.name = "old-signature",
	.form = LAYER_NAMED,
	.leaves_out = true,
	.recognise = is_named,
	.peel = peel_named,
	.wrap = wrap,
};

/* ----------------------------------------------------------------------------------------------------- Merkle proof */

static bool is_merkle(const uint8_t *bytes, uint64_t size)
{
	const struct trailer_fields f = module_trailer_read(bytes, size);

	return f.has_info && f.id_type == TRAILER_ID_MERKLE;
}

static int peel_merkle(const struct layer_source *source, struct image_layer *layer, struct elfsect_error *error)
{
	struct module_trailer trailer;
	struct elfsect_error reason;
	const int ret = find(source, layer, &trailer, error);

	if (ret)
		return ret;
	layer->levels = trailer.levels;
	if (module_trailer_check_proof(&trailer, &reason))
		refuse(layer, "module trailer", reason.message);
	return 0;
}

const struct layer_kind layer_module_merkle = {
	.name = "merkle",
	.form = LAYER_MERKLE,
	.leaves_out = true,
	.recognise = is_merkle,
	.peel = peel_merkle,
	.wrap = wrap,
};

/* ----------------------------------------------------------------------------------------------------------- others */

static bool has_marker(const uint8_t *bytes, uint64_t size)
{
	return module_trailer_read(bytes, size).has_marker;
}

static int look_at_unknown(const struct layer_source *source, struct image_layer *layer, struct elfsect_error *error)
{
	struct module_trailer trailer;
	const int ret = find(source, layer, &trailer, error);

	layer->content_size = source->size;
	return ret;
}

static int leave(const struct image_layer *layer, const uint8_t *content, uint64_t content_size, uint8_t **whole,
		 uint64_t *whole_size, struct elfsect_error *error)
{
	(void)content;
	(void)content_size;
	(void)whole;
	(void)whole_size;
	return failure(error, ENOTSUP, "a trailer with the unknown id_type %u is never taken off", layer->id_type);
}

/* An id_type that is not known, or a marker with nothing sound before it, which is an error. */
const struct layer_kind layer_module_unknown = {
	.name = "unknown",
	.form = LAYER_UNKNOWN,
	.stays = true,
	.recognise = has_marker,
	.peel = look_at_unknown,
	.wrap = leave,
};
