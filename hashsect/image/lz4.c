// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The legacy frame of lz4 (lz4_Frame_format.md, "Legacy frame"), which kernels use: u32 magic, then blocks: u32 size,
 * data. Each block but the last has 8 MiB of content. Little-endian.
 */
#include <lz4.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "image/compression.h"

enum { MAGIC_SIZE = 4, BLOCK = 8 << 20, BLOCK_COMPRESSED_MAX = LZ4_COMPRESSBOUND(BLOCK) };

static bool is_lz4(const uint8_t *bytes, uint64_t size)
{
	return size >= MAGIC_SIZE && !memcmp(bytes, "\x02\x21\x4c\x18", MAGIC_SIZE);
}

static int decode_blocks(struct decompression *d, uint8_t *block, struct elfsect_error *error)
{
	const uint8_t *bytes = d->source->bytes;
	uint64_t at = MAGIC_SIZE;
	int content = BLOCK;

	while (at < d->source->size) {
		uint32_t size;
		int ret;

		if (d->source->size - at < 4)
			return compression_refuse(d, "the data are cut off", error);
		if (content != BLOCK)
			return compression_refuse(d, "a block that is not full before the last", error);
		size = load_u32(bytes + at, ELFDATA2LSB);
		at += 4;
		if (!size || size > BLOCK_COMPRESSED_MAX || size > d->source->size - at)
			return compression_refuse(d, "a block that is cut off or too long", error);
		content = LZ4_decompress_safe((const char *)bytes + at, (char *)block, (int)size, BLOCK);
		if (content <= 0)
			return compression_refuse(d, "the compressed data are wrong", error);
		ret = compression_take(d, block, (uint64_t)content, error);
		if (ret)
			return ret;
		at += size;
	}
	return 0;
}

static int unlz4(struct decompression *d, struct elfsect_error *error)
{
	autofree uint8_t *block = malloc(BLOCK);

	return block ? decode_blocks(d, block, error) : compression_no_memory(d, error);
}

const struct decoder decoder_lz4 = {"lz4", is_lz4, NULL, unlz4};
