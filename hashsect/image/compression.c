// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image/compression.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "image/spool.h"

int compression_refuse(const struct decompression *d, const char *reason, struct elfsect_error *error)
{
	return failure(error, EBADMSG, "%s: %s: %s", d->source->name, d->kind, reason);
}

int compression_no_memory(const struct decompression *d, struct elfsect_error *error)
{
	return failure_errno(error, ENOMEM, "%s: %s", d->source->name, d->kind);
}

static int too_large(const struct decompression *d, struct elfsect_error *error)
{
	return failure(error, EFBIG, "%s: %s: more than %ju bytes when decompressed (--max-size)", d->source->name,
		       d->kind, (uintmax_t)d->source->max_size);
}

int compression_check_memory(const struct decompression *d, uint64_t history, struct elfsect_error *error)
{
	const uint64_t most = d->claimed == SIZE_NOT_CLAIMED ? d->source->max_size : d->claimed;
	const uint64_t needed = history < most ? history : most;

	if (needed <= HISTORY_MAX)
		return 0;
	return failure(error, EFBIG, "%s: %s: decompressing it needs %ju MB of memory, more than %d", d->source->name,
		       d->kind, (uintmax_t)(needed >> 20), HISTORY_MAX >> 20);
}

int compression_take(struct decompression *d, const uint8_t *bytes, uint64_t size, struct elfsect_error *error)
{
	if (size > d->source->max_size - d->done)
		return too_large(d, error);
	/* Else a false claim could get around compression_check_memory(). */
	if (size > d->claimed - d->done)
		return compression_refuse(d, "more than it says it holds", error);
	d->done += size;
	return spool_write(d->fd, bytes, size, d->source->name, error);
}

static int unpack(const struct decoder *decoder, struct decompression *d, struct image_layer *layer,
		  struct elfsect_error *error)
{
	autoclose int fd = -1;
	int ret;

	if (d->claimed != SIZE_NOT_CLAIMED && d->claimed > d->source->max_size)
		return too_large(d, error);
	fd = spool_open(d->source->name, error);
	if (fd < 0)
		return fd;
	d->fd = fd;
	ret = decoder->decode(d, error);
	if (!ret && d->sure && d->done != d->claimed)
		ret = compression_refuse(d, "less than it says it holds", error);
	if (!ret)
		ret = spool_map(fd, d->done, d->source->name, &layer->map, error);
	if (ret)
		return ret;
	layer->map_size = d->done;
	layer->content = layer->map ? layer->map : d->source->bytes;
	layer->content_size = d->done;
	return 0;
}

int compression_unpack(const struct decoder *decoder, const struct layer_source *source, uint64_t size,
		       struct image_layer *layer, struct elfsect_error *error)
{
	struct decompression d = {
		.kind = decoder->name, .source = source, .claimed = size, .sure = size != SIZE_NOT_CLAIMED};
	const int ret = decoder->prepare ? decoder->prepare(&d, error) : 0;

	if (ret)
		return ret;
	if (size != SIZE_NOT_CLAIMED && d.claimed != size)
		return compression_refuse(&d, "it says two sizes", error);
	return unpack(decoder, &d, layer, error);
}

int compression_peel(const struct decoder *decoder, const struct layer_source *source, struct image_layer *layer,
		     struct elfsect_error *error)
{
	layer->bytes = source->bytes;
	layer->size = source->size;
	return compression_unpack(decoder, source, SIZE_NOT_CLAIMED, layer, error);
}

int compression_wrap(const struct image_layer *layer, const uint8_t *content, uint64_t content_size, uint8_t **whole,
		     uint64_t *whole_size, struct elfsect_error *error)
{
	if (content_size != layer->content_size || memcmp(content, layer->content, content_size) != 0)
		return failure(error, ENOTSUP, "%s: another content: compressing it would make some file, not the one",
			       layer->kind->name);
	*whole = malloc(layer->size);
	if (!*whole)
		return failure_errno(error, ENOMEM, "%s", layer->kind->name);
	memcpy(*whole, layer->bytes, layer->size);
	*whole_size = layer->size;
	return 0;
}
