// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The .lzma format (xz's lzma-file-format.txt): u8 properties, u32 dictionary, u64 size or all ones, data.
 * Little-endian, without a checksum.
 */
#include <lzma.h>

#include "base/bytes.h"
#include "image/compression.h"

enum { BUFFER = 1 << 16, HEADER = 13, CODER_MAX = 1 << 20, PROPERTIES_OF_KERNELS = 0x5d };

/* There is no magic. What kernels make begins with the properties that are xz's default. */
static bool is_lzma(const uint8_t *bytes, uint64_t size)
{
	return size >= HEADER && bytes[0] == PROPERTIES_OF_KERNELS && !bytes[1];
}

static int read_header(struct decompression *d, struct elfsect_error *error)
{
	const uint64_t size = load_u64(d->source->bytes + 5, ELFDATA2LSB);

	if (size != UINT64_MAX)
		d->claimed = size;
	return compression_check_memory(d, load_u32(d->source->bytes + 1, ELFDATA2LSB), error);
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
		if (result == LZMA_MEM_ERROR)
			return compression_no_memory(d, error);
		if (result != LZMA_OK && result != LZMA_STREAM_END)
			return compression_refuse(d, "the compressed data are wrong or cut off", error);
		ret = compression_take(d, buffer, sizeof(buffer) - z->avail_out, error);
		if (ret)
			return ret;
	}
	return z->avail_in ? compression_refuse(d, "bytes after its end", error) : 0;
}

static int unlzma(struct decompression *d, struct elfsect_error *error)
{
	const uint64_t memory = d->claimed <= HISTORY_MAX ? UINT64_MAX : (uint64_t)HISTORY_MAX + CODER_MAX;
	lzma_stream z = LZMA_STREAM_INIT;
	int ret;

	if (lzma_alone_decoder(&z, memory) != LZMA_OK)
		return compression_no_memory(d, error);
	ret = decode_stream(&z, d, error);
	lzma_end(&z);
	return ret;
}

const struct decoder decoder_lzma = {"lzma", is_lzma, read_header, unlzma};
