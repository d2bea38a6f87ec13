// SPDX-License-Identifier: LGPL-2.1-or-later
/* One bzip2 stream, all of the bytes. */
#include <bzlib.h>
#include <string.h>

#include "image/compression.h"

enum { BUFFER = 1 << 16, MAGIC_SIZE = 3, INPUT_MAX = 1 << 30 };

static bool is_bzip2(const uint8_t *bytes, uint64_t size)
{
	return size > MAGIC_SIZE && !memcmp(bytes, "BZh", MAGIC_SIZE);
}

static int decode_failed(const struct decompression *d, int ret, struct elfsect_error *error)
{
	if (ret == BZ_MEM_ERROR)
		return compression_no_memory(d, error);
	return compression_refuse(d, "the compressed data or their checksum are wrong", error);
}

static int decode_stream(bz_stream *z, struct decompression *d, struct elfsect_error *error)
{
	const uint64_t size = d->source->size;
	char buffer[BUFFER];
	int ret = BZ_OK;

	if (size > INPUT_MAX)
		return compression_refuse(d, "more than a kernel has", error);
	z->next_in = (char *)(uintptr_t)d->source->bytes;
	z->avail_in = (unsigned int)size;
	while (ret == BZ_OK) {
		const unsigned int before = z->avail_in;
		int taken;

		z->next_out = buffer;
		z->avail_out = sizeof(buffer);
		ret = BZ2_bzDecompress(z);
		if (ret != BZ_OK && ret != BZ_STREAM_END)
			return decode_failed(d, ret, error);
		if (ret == BZ_OK && z->avail_out == sizeof(buffer) && z->avail_in == before)
			return compression_refuse(d, "the data are cut off", error);
		taken = compression_take(d, (const uint8_t *)buffer, sizeof(buffer) - z->avail_out, error);
		if (taken)
			return taken;
	}
	return z->avail_in ? compression_refuse(d, "bytes after its end", error) : 0;
}

static int bunzip2(struct decompression *d, struct elfsect_error *error)
{
	bz_stream z = {0};
	int ret;

	if (BZ2_bzDecompressInit(&z, 0, 0) != BZ_OK)
		return compression_no_memory(d, error);
	ret = decode_stream(&z, d, error);
	BZ2_bzDecompressEnd(&z);
	return ret;
}

const struct decoder decoder_bzip2 = {"bzip2", is_bzip2, NULL, bunzip2};
