// SPDX-License-Identifier: LGPL-2.1-or-later
/* One gzip member (RFC 1952), the whole file: zlib stops at its end, and has then compared checksum and length. */
#include <limits.h>
#include <string.h>
#include <zlib.h>

#include "image/compression.h"

enum { WINDOW_BITS = 15, GZIP_ONLY = 16, BUFFER = 1 << 16, INPUT_MAX = 1 << 30 };
enum { HEADER = 10, END = 8, FLAGS = 3, FLAG_NAME = 8 };

static bool is_gzip(const uint8_t *bytes, uint64_t size)
{
	return size >= 3 && !memcmp(bytes, "\x1f\x8b\x08", 3);
}

static int inflate_failed(const struct decompression *d, int ret, struct elfsect_error *error)
{
	if (ret == Z_MEM_ERROR)
		return compression_no_memory(d, error);
	return compression_refuse(
		d, ret == Z_BUF_ERROR ? "the file is cut off" : "the compressed data or their checksum are wrong",
		error);
}

/* zlib counts in 32 bits. */
static void feed(z_stream *z, const uint8_t **next, uint64_t *left)
{
	const uint64_t some = *left < INPUT_MAX ? *left : INPUT_MAX;

	if (z->avail_in)
		return;
	z->next_in = (Bytef *)(uintptr_t)*next;
	z->avail_in = (uInt)some;
	*next += some;
	*left -= some;
}

static int inflate_member(z_stream *z, struct decompression *d, struct elfsect_error *error)
{
	const uint8_t *next = d->source->bytes;
	uint64_t left = d->source->size;
	uint8_t buffer[BUFFER];
	int ret = Z_OK;

	while (ret == Z_OK) {
		int taken;

		feed(z, &next, &left);
		z->next_out = buffer;
		z->avail_out = sizeof(buffer);
		ret = inflate(z, Z_NO_FLUSH);
		if (ret != Z_OK && ret != Z_STREAM_END)
			return inflate_failed(d, ret, error);
		taken = compression_take(d, buffer, sizeof(buffer) - z->avail_out, error);
		if (taken)
			return taken;
	}
	return z->avail_in || left ? compression_refuse(d, "bytes after its end", error) : 0;
}

static int gunzip(struct decompression *d, struct elfsect_error *error)
{
	z_stream z = {0};
	int ret;

	if (inflateInit2(&z, WINDOW_BITS + GZIP_ONLY) != Z_OK)
		return compression_no_memory(d, error);
	ret = inflate_member(&z, d, error);
	inflateEnd(&z);
	return ret;
}

/*
 * 0 1f 8b   2 method 8   3 flags   4 time   8 extra flags   9 system   10 [name, zero]   deflate   crc32   length
 *
 * The flags are read here: zlib accepts fields for anything, of any size, and looks at none.
 */
static int check_header(struct decompression *d, struct elfsect_error *error)
{
	if (d->source->size < HEADER + END)
		return compression_refuse(d, "the file is cut off", error);
	if (d->source->bytes[FLAGS] & ~FLAG_NAME)
		return compression_refuse(d, "a header with more in it than a file name", error);
	return 0;
}

const struct decoder decoder_gzip = {"gzip", is_gzip, check_header, gunzip};

static int peel(const struct layer_source *source, struct image_layer *layer, struct elfsect_error *error)
{
	return compression_peel(&decoder_gzip, source, layer, error);
}

const struct layer_kind layer_gzip = {
	.name = "gzip",
	.form = LAYER_COMPRESSION,
	.outermost_only = true,
	.compresses = true,
	.recognise = is_gzip,
	.peel = peel,
	.wrap = compression_wrap,
};
