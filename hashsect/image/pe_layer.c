// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The signatures of a PE file. What is removed is kept as one record: CheckSum (4 bytes) and directory entry (8 bytes)
 * as they stood, the padding that was undone, the certificate table.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "image/layer.h"
#include "image/pe.h"
#include "image/spool.h"
#include "trust/authenticode.h"

enum { CHECKSUM_SIZE = 4, ENTRY_SIZE = 8, FIELDS = CHECKSUM_SIZE + ENTRY_SIZE };

/* Signed, or so it says: whether that is sound is asked later. */
static bool is_signed(const uint8_t *bytes, uint64_t size)
{
	struct elfsect_error ignored;
	struct pe pe;

	if (!pe_recognise(bytes, size))
		return false;
	return pe_read(bytes, size, "", &pe, &ignored) || pe.table_size;
}

/* Behind one another in a temporary file: the content, and what was removed. */
static int split(const struct pe *pe, const struct pe_removal *r, struct image_layer *layer,
		 struct elfsect_error *error)
{
	const uint64_t tail = pe->size - r->size;
	autofree uint8_t *content = malloc(r->size);
	autoclose int fd = spool_open(pe->name, error);
	int ret;

	if (fd < 0)
		return fd;
	if (!content)
		return failure_errno(error, ENOMEM, "%s", pe->name);
	pe_remove(pe, r, content);
	ret = spool_write(fd, content, r->size, pe->name, error);
	if (!ret)
		ret = spool_write(fd, pe->bytes + pe->checksum, CHECKSUM_SIZE, pe->name, error);
	if (!ret)
		ret = spool_write(fd, pe->bytes + pe->entry, ENTRY_SIZE, pe->name, error);
	if (!ret)
		ret = spool_write(fd, pe->bytes + r->size, tail, pe->name, error);
	layer->map_size = r->size + FIELDS + tail;
	if (!ret)
		ret = spool_map(fd, layer->map_size, pe->name, &layer->map, error);
	if (ret)
		return ret;
	layer->content = layer->map;
	layer->content_size = r->size;
	layer->bytes = layer->content + r->size;
	layer->size = FIELDS + tail;
	return 0;
}

static int describe(const struct pe *pe, struct image_layer *layer, struct elfsect_error *error)
{
	autofree struct pe_table *table = malloc(sizeof(*table));
	struct elfsect_error reason;
	struct authenticode a;
	int ret;

	if (!table)
		return failure_errno(error, ENOMEM, "%s", pe->name);
	ret = pe_table_read(pe->bytes + pe->table, pe->table_size, pe->name, table, error);
	if (ret)
		return ret;
	layer->signatures = table->count;
	if (table->list[0].type != PE_TYPE_PKCS7) {
		layer->status = LAYER_NOT_UNDERSTOOD;
	} else if (authenticode_read(table->list[0].data, table->list[0].data_size, &a, &reason)) {
		layer->status = LAYER_NOT_UNDERSTOOD;
		cms_outline_read(table->list[0].data, table->list[0].data_size, &layer->outline);
	} else {
		layer->signature = a.signer;
	}
	return 0;
}

static int peel(const struct layer_source *source, struct image_layer *layer, struct elfsect_error *error)
{
	static const struct pe_removal_options automatic;
	struct pe_removal removal;
	struct pe pe;
	int ret = pe_read(source->bytes, source->size, source->name, &pe, error);

	if (!ret)
		ret = pe_check_order(&pe, error);
	if (!ret)
		ret = describe(&pe, layer, error);
	if (!ret)
		ret = pe_removal_plan(&pe, &automatic, &removal, error);
	if (ret)
		return ret;
	layer->offset = pe.table;
	layer->data_size = pe.table_size;
	layer->restored = removal.proved;
	layer->maybe_padding = removal.maybe_padding;
	return split(&pe, &removal, layer, error);
}

static int wrap(const struct image_layer *layer, const uint8_t *content, uint64_t content_size, uint8_t **whole,
		uint64_t *whole_size, struct elfsect_error *error)
{
	struct elfsect_error reason;
	struct pe pe;

	if (content_size != layer->content_size || pe_read(content, content_size, "", &pe, &reason) || !pe.entry)
		return failure(error, ENOTSUP, "%s: another content: the table would not be where it says",
			       layer->kind->name);
	*whole_size = content_size + layer->size - FIELDS;
	*whole = malloc(*whole_size);
	if (!*whole)
		return failure_errno(error, ENOMEM, "%s", layer->kind->name);
	memcpy(*whole, content, content_size);
	memcpy(*whole + pe.checksum, layer->bytes, CHECKSUM_SIZE);
	memcpy(*whole + pe.entry, layer->bytes + CHECKSUM_SIZE, ENTRY_SIZE);
	memcpy(*whole + content_size, layer->bytes + FIELDS, layer->size - FIELDS);
	return 0;
}

const struct layer_kind layer_pe_signature = {
	.name = "pe-signature",
	.form = LAYER_PE_SIGNATURE,
	.leaves_out = true,
	.recognise = is_signed,
	.peel = peel,
	.wrap = wrap,
};
