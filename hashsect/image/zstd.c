// SPDX-License-Identifier: LGPL-2.1-or-later
/* One zstd frame (RFC 8878), the whole file. */
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "image/compression.h"
#include "image/spool.h"

enum { BUFFER = 1 << 16, MAGIC_SIZE = 4, SINGLE_SEGMENT = 0x20 };

static bool is_zstd(const uint8_t *bytes, uint64_t size)
{
	return size >= MAGIC_SIZE && !memcmp(bytes, "\x28\xb5\x2f\xfd", MAGIC_SIZE);
}

/*
 * 0 magic   4 descriptor   5 [window]: 3 low bits are eighths, the others say how often to double 1 KB
 *
 * Without a window it is the whole content. Read here, since the stable part of libzstd's interface does not tell it,
 * and takes limits in powers of two only.
 */
static uint64_t window_size(const uint8_t *frame)
{
	const uint64_t doubled = UINT64_C(1) << (10 + (frame[MAGIC_SIZE + 1] >> 3));

	return frame[MAGIC_SIZE] & SINGLE_SEGMENT ? UINT64_MAX : doubled + doubled / 8 * (frame[MAGIC_SIZE + 1] & 7);
}

static int decode_failed(const struct decompression *d, size_t code, struct elfsect_error *error)
{
	switch (ZSTD_getErrorCode(code)) {
	case ZSTD_error_memory_allocation:
		return compression_no_memory(d, error);
	case ZSTD_error_srcSize_wrong:
		return compression_refuse(d, "the file is cut off", error);
	default:
		return compression_refuse(d, ZSTD_getErrorName(code), error);
	}
}

static int check_frame(struct decompression *d, struct elfsect_error *error)
{
	const struct layer_source *source = d->source;
	const size_t whole = ZSTD_findFrameCompressedSize(source->bytes, source->size);
	unsigned long long content;

	if (ZSTD_isError(whole))
		return decode_failed(d, whole, error);
	if (whole != source->size)
		return compression_refuse(d, "bytes after the end of its frame", error);
	content = ZSTD_getFrameContentSize(source->bytes, source->size);
	if (content == ZSTD_CONTENTSIZE_ERROR)
		return compression_refuse(d, "its header is damaged", error);
	if (content != ZSTD_CONTENTSIZE_UNKNOWN)
		d->claimed = content;
	/* The content itself is the window then. */
	if (d->sure)
		return 0;
	return compression_check_memory(d, window_size(source->bytes), error);
}

static int decode_frame(ZSTD_DCtx *context, struct decompression *d, struct elfsect_error *error)
{
	ZSTD_inBuffer in = {d->source->bytes, d->source->size, 0};
	uint8_t buffer[BUFFER];
	size_t more = 1;

	while (more) {
		ZSTD_outBuffer out = {buffer, sizeof(buffer), 0};
		const size_t before = in.pos;
		int ret;

		more = ZSTD_decompressStream(context, &out, &in);
		if (ZSTD_isError(more))
			return decode_failed(d, more, error);
		if (more && !out.pos && in.pos == before)
			return compression_refuse(d, "the file is cut off", error);
		ret = compression_take(d, buffer, out.pos, error);
		if (ret)
			return ret;
	}
	return in.pos == in.size ? 0 : compression_refuse(d, "bytes after the end of its frame", error);
}

/* Into the temporary file itself: kernels are compressed with windows of 128 MB. */
static int decode_at_once(ZSTD_DCtx *context, struct decompression *d, struct elfsect_error *error)
{
	void *room = NULL;
	size_t size;
	int ret = spool_room(d->fd, d->claimed, d->source->name, &room, error);

	if (ret)
		return ret;
	size = ZSTD_decompressDCtx(context, room, d->claimed, d->source->bytes, d->source->size);
	if (ZSTD_isError(size))
		ret = decode_failed(d, size, error);
	else
		d->done = size;
	spool_room_end(room, d->claimed);
	return ret;
}

static int unzstd(struct decompression *d, struct elfsect_error *error)
{
	ZSTD_DCtx *context = ZSTD_createDCtx();
	int ret;

	/* compression_check_memory() has judged the window. */
	if (!context || ZSTD_isError(ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax,
							    ZSTD_dParam_getBounds(ZSTD_d_windowLogMax).upperBound)))
		ret = compression_no_memory(d, error);
	else if (d->sure)
		ret = decode_at_once(context, d, error);
	else
		ret = decode_frame(context, d, error);
	ZSTD_freeDCtx(context);
	return ret;
}

const struct decoder decoder_zstd = {"zstd", is_zstd, check_frame, unzstd};

static int peel(const struct layer_source *source, struct image_layer *layer, struct elfsect_error *error)
{
	return compression_peel(&decoder_zstd, source, layer, error);
}

const struct layer_kind layer_zstd = {
	.name = "zstd",
	.form = LAYER_COMPRESSION,
	.outermost_only = true,
	.compresses = true,
	.recognise = is_zstd,
	.peel = peel,
	.wrap = compression_wrap,
};
