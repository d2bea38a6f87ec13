// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * One xz stream (the .xz file format, 1.2), the whole file. The footer leads to the index, and the index says how long
 * the blocks are: header, blocks, index and footer are all.
 */
#include <lzma.h>
#include <string.h>

#include "base/error.h"
#include "image/compression.h"

/*
 * A block costs a new dictionary, whatever is in it: so many are a second at worst. Compressors make one for each
 * megabyte at least.
 */
enum { BLOCKS_MAX = 16384 };

enum { BUFFER = 1 << 16, MAGIC_SIZE = 6, CODER_MAX = 1 << 20 };

static bool is_xz(const uint8_t *bytes, uint64_t size)
{
	return size >= MAGIC_SIZE && !memcmp(bytes, "\xfd\x37zXZ", MAGIC_SIZE);
}

/* Bytes of another kind of check nobody could compare with anything. FORMAT.md has the list, whatever liblzma knows. */
static bool is_known_check(lzma_check check)
{
	return check == LZMA_CHECK_NONE || check == LZMA_CHECK_CRC32 || check == LZMA_CHECK_CRC64 ||
	       check == LZMA_CHECK_SHA256;
}

/* ----------------------------------------------------------------------------------------------------------- index */

static int not_whole(const struct decompression *d, struct elfsect_error *error)
{
	return compression_refuse(d, "not one whole stream: it is cut off, damaged, or followed by other bytes", error);
}

static int too_many_blocks(const struct decompression *d, struct elfsect_error *error)
{
	return failure(error, EFBIG, "%s: xz: more than %d blocks", d->source->name, BLOCKS_MAX);
}

/* Whether what the index lists is the whole file, and how large the content will be. */
static int check_index(struct decompression *d, const lzma_index *index, struct elfsect_error *error)
{
	if (lzma_index_stream_size(index) != d->source->size)
		return not_whole(d, error);
	if (lzma_index_block_count(index) > BLOCKS_MAX)
		return too_many_blocks(d, error);
	d->claimed = lzma_index_uncompressed_size(index);
	return 0;
}

static int read_index(struct decompression *d, struct elfsect_error *error)
{
	const uint64_t size = d->source->size;
	uint64_t memory = lzma_index_memusage(1, BLOCKS_MAX);
	const uint8_t *footer;
	lzma_index *index = NULL;
	lzma_stream_flags flags;
	size_t used = 0;
	lzma_ret result;
	int ret;

	if (size < 2 * LZMA_STREAM_HEADER_SIZE)
		return not_whole(d, error);
	footer = d->source->bytes + size - LZMA_STREAM_HEADER_SIZE;
	if (lzma_stream_footer_decode(&flags, footer) != LZMA_OK ||
	    flags.backward_size > size - 2 * LZMA_STREAM_HEADER_SIZE)
		return not_whole(d, error);
	if (!is_known_check(flags.check))
		return compression_refuse(d, "a kind of check that is not known", error);
	result = lzma_index_buffer_decode(&index, &memory, NULL, footer - flags.backward_size, &used,
					  flags.backward_size);
	if (result == LZMA_MEMLIMIT_ERROR)
		return too_many_blocks(d, error);
	if (result == LZMA_MEM_ERROR)
		return compression_no_memory(d, error);
	if (result != LZMA_OK)
		return not_whole(d, error);
	ret = used == flags.backward_size ? check_index(d, index, error) : not_whole(d, error);
	lzma_index_end(index, NULL);
	return ret;
}

/* ----------------------------------------------------------------------------------------------------------- blocks */

static int decode_failed(const struct decompression *d, const lzma_stream *z, lzma_ret result,
			 struct elfsect_error *error)
{
	int ret;

	switch (result) {
	case LZMA_MEMLIMIT_ERROR:
		ret = compression_check_memory(d, lzma_memusage(z), error);
		return ret ? ret : compression_no_memory(d, error);
	case LZMA_MEM_ERROR:
		return compression_no_memory(d, error);
	case LZMA_UNSUPPORTED_CHECK:
		return compression_refuse(d, "a kind of check that this liblzma was built without", error);
	case LZMA_OPTIONS_ERROR:
		return compression_refuse(d, "filters or options that liblzma does not know", error);
	case LZMA_BUF_ERROR:
		return compression_refuse(d, "the file is cut off", error);
	default:
		return compression_refuse(d, "the compressed data or their checksum are wrong", error);
	}
}

static int decode_stream(lzma_stream *z, struct decompression *d, struct elfsect_error *error)
{
	lzma_ret result = LZMA_OK;
	uint8_t buffer[BUFFER];

	z->next_in = d->source->bytes;
	z->avail_in = d->source->size;
	while (result == LZMA_OK) {
		int ret;

		z->next_out = buffer;
		z->avail_out = sizeof(buffer);
		result = lzma_code(z, LZMA_FINISH);
		if (result != LZMA_OK && result != LZMA_STREAM_END)
			return decode_failed(d, z, result, error);
		ret = compression_take(d, buffer, sizeof(buffer) - z->avail_out, error);
		if (ret)
			return ret;
	}
	return z->avail_in ? compression_refuse(d, "bytes after its end", error) : 0;
}

/* One stream, since LZMA_CONCATENATED is not asked for. A dictionary may be large where the content is not. */
static int unxz(struct decompression *d, struct elfsect_error *error)
{
	const uint64_t memory = d->claimed <= HISTORY_MAX ? UINT64_MAX : (uint64_t)HISTORY_MAX + CODER_MAX;
	lzma_stream z = LZMA_STREAM_INIT;
	int ret;

	if (lzma_stream_decoder(&z, memory, LZMA_TELL_UNSUPPORTED_CHECK) != LZMA_OK)
		return compression_no_memory(d, error);
	ret = decode_stream(&z, d, error);
	lzma_end(&z);
	return ret;
}

const struct decoder decoder_xz = {"xz", is_xz, read_index, unxz};

static int peel(const struct layer_source *source, struct image_layer *layer, struct elfsect_error *error)
{
	return compression_peel(&decoder_xz, source, layer, error);
}

const struct layer_kind layer_xz = {
	.name = "xz",
	.form = LAYER_COMPRESSION,
	.outermost_only = true,
	.compresses = true,
	.recognise = is_xz,
	.peel = peel,
	.wrap = compression_wrap,
};
