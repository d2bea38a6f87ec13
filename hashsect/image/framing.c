// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image/framing.h"

#include <errno.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"

static const struct {
	const char *name;
	uint8_t size;
	uint8_t magic[6];
} formats[] = {
	[COMPRESSION_GZIP] = {"gzip", 3, {0x1f, 0x8b, 8}},
	[COMPRESSION_XZ] = {"xz", 6, {0xfd, '7', 'z', 'X', 'Z', 0}},
	[COMPRESSION_ZSTD] = {"zstd", 4, {0x28, 0xb5, 0x2f, 0xfd}},
};

enum compression compression_of(const uint8_t *bytes, uint64_t size)
{
	for (enum compression c = COMPRESSION_GZIP; c <= COMPRESSION_ZSTD; c++)
		if (size >= formats[c].size && !memcmp(bytes, formats[c].magic, formats[c].size))
			return c;
	return COMPRESSION_NONE;
}

const char *compression_name(enum compression compression)
{
	return formats[compression].name;
}

static int refuse(enum compression compression, const char *name, const char *reason, struct elfsect_error *error)
{
	return failure(error, EBADMSG, "%s: %s: %s", name, formats[compression].name, reason);
}

/* ------------------------------------------------------------------------------------------------- gzip, RFC 1952 */

enum { GZIP_HEADER = 10, GZIP_END = 8, GZIP_FLAGS = 3, GZIP_FLAG_NAME = 8 };

/* 0 1f 8b   2 method 8   3 flags   4 time   8 extra flags   9 system   10 [name, zero]   deflate   crc32   length */
static int check_gzip(const uint8_t *bytes, uint64_t size, const char *name, struct elfsect_error *error)
{
	if (size < GZIP_HEADER + GZIP_END)
		return refuse(COMPRESSION_GZIP, name, "the file is cut off", error);
	if (bytes[GZIP_FLAGS] & ~GZIP_FLAG_NAME)
		return refuse(COMPRESSION_GZIP, name, "a header with more in it than a file name", error);
	return 0;
}

/* -------------------------------------------------------------------------------------- xz, the .xz file format 1.2 */

enum {
	XZ_CHECK = 7,
	XZ_HEADER = 12,
	XZ_FOOTER = 12,
	XZ_BACKWARD_SIZE = 4,
	XZ_FLAGS = 8,
	XZ_MAGIC = 10,
	XZ_NUMBER_MAX = 9
};

/* A number of 7 bits a byte, least significant first; the last byte is below 0x80. */
static bool xz_number(const uint8_t **next, const uint8_t *end, uint64_t *value)
{
	*value = 0;
	for (unsigned int i = 0; i < XZ_NUMBER_MAX && *next < end; i++) {
		const uint8_t byte = *(*next)++;

		*value |= (uint64_t)(byte & 0x7f) << (7 * i);
		if (!(byte & 0x80))
			return true;
	}
	return false;
}

/* Index: 0, number of blocks, for each its size without padding and that of its content; padding; crc32. */
static bool xz_blocks(const uint8_t *index, uint64_t size, uint64_t *sum, uint64_t *content_size)
{
	const uint8_t *next = index + 1, *end = index + size - 4;
	uint64_t count, block, content;

	*sum = 0;
	if (*index || !xz_number(&next, end, &count))
		return false;
	for (uint64_t i = 0; i < count; i++)
		if (!xz_number(&next, end, &block) || !xz_number(&next, end, &content) ||
		    !align_u64(block, 4, &block) || !add_u64(*sum, block, sum) ||
		    !add_u64(*content_size, content, content_size))
			return false;
	return true;
}

/* None, CRC32, CRC64 or SHA-256: bytes of another kind of check nobody could compare with anything. */
static bool is_known_check(uint8_t flags)
{
	return flags == 0 || flags == 1 || flags == 4 || flags == 10;
}

/*
 * header: 0 magic   6 flags: 0, kind of check   8 crc32   blocks   index   footer: 0 crc32   4 backward size   8 flags
 * 10 "YZ"
 *
 * The footer leads to the index, and the index says how long the blocks are: header, blocks, index and footer are all.
 */
static int check_xz(const uint8_t *bytes, uint64_t size, const char *name, uint64_t *content_size,
		    struct elfsect_error *error)
{
	static const char reason[] = "not one whole stream: it is cut off, damaged, or followed by other bytes";
	const uint8_t *footer;
	uint64_t index, blocks, sum;

	if (size < XZ_HEADER + XZ_FOOTER || size % 4)
		return refuse(COMPRESSION_XZ, name, reason, error);
	if (!is_known_check(bytes[XZ_CHECK]))
		return refuse(COMPRESSION_XZ, name, "a kind of check that is not known", error);
	footer = bytes + size - XZ_FOOTER;
	if (memcmp(footer + XZ_MAGIC, "YZ", 2) != 0)
		return refuse(COMPRESSION_XZ, name, reason, error);
	index = ((uint64_t)load_u32(footer + XZ_BACKWARD_SIZE, ELFDATA2LSB) + 1) * 4;
	if (index < 8 || index > size - XZ_HEADER - XZ_FOOTER)
		return refuse(COMPRESSION_XZ, name, reason, error);
	if (!xz_blocks(footer - index, index, &blocks, content_size) || !add_u64(blocks, index, &sum) ||
	    sum != size - XZ_HEADER - XZ_FOOTER)
		return refuse(COMPRESSION_XZ, name, reason, error);
	return 0;
}

/* Block header: 0 its size / 4 - 1   1 flags   [2 sizes]   then for each filter: number, size of properties,
 * properties. */
static uint64_t xz_dictionary(const uint8_t *block, const uint8_t *end)
{
	enum { FILTERS = 3, HAS_SIZE = 0x40, HAS_CONTENT_SIZE = 0x80, LZMA2 = 0x21, LARGEST = 40 };
	const uint8_t *next = block + 2;
	uint64_t skipped, filter, properties;

	if (end - block < 2 || ((block[1] & HAS_SIZE) && !xz_number(&next, end, &skipped)) ||
	    ((block[1] & HAS_CONTENT_SIZE) && !xz_number(&next, end, &skipped)))
		return 0;
	for (unsigned int i = 0; i <= (block[1] & FILTERS); i++) {
		if (!xz_number(&next, end, &filter) || !xz_number(&next, end, &properties) ||
		    properties > (uint64_t)(end - next))
			return 0;
		if (filter == LZMA2 && properties == 1 && *next <= LARGEST)
			return (UINT64_C(2) | (*next & 1)) << (*next / 2 + 11);
		next += properties;
	}
	return 0;
}

/* The largest of all blocks; 0 for what is damaged, since decompressing it fails. After check_xz(). */
static uint64_t xz_history(const uint8_t *bytes, uint64_t size)
{
	const uint8_t *end = bytes + size - XZ_FOOTER, *block = bytes + XZ_HEADER;
	const uint8_t *next = end - ((uint64_t)load_u32(end + XZ_BACKWARD_SIZE, ELFDATA2LSB) + 1) * 4 + 1;
	uint64_t count, length, content, largest = 0;

	if (!xz_number(&next, end, &count))
		return 0;
	for (; count; count--, block += length) {
		uint64_t dictionary;

		if (!xz_number(&next, end, &length) || !xz_number(&next, end, &content) ||
		    !align_u64(length, 4, &length) || length > (uint64_t)(end - block))
			return 0;
		dictionary = xz_dictionary(block, block + length);
		largest = dictionary > largest ? dictionary : largest;
	}
	return largest;
}

/* -------------------------------------------------------------------------------------------------- zstd, RFC 8878 */

enum { ZSTD_MAGIC = 4, ZSTD_BLOCK_HEADER = 3, ZSTD_BLOCK_RLE = 1, ZSTD_BLOCK_RESERVED = 3 };

/* Size of the frame's header: magic, descriptor, [window], dictionary, content size. */
static uint64_t zstd_header(uint8_t descriptor)
{
	static const uint8_t dictionary[] = {0, 1, 2, 4}, content[] = {0, 2, 4, 8};
	const unsigned int flag = descriptor >> 6;
	const bool single = descriptor & 0x20;

	return ZSTD_MAGIC + 1u + !single + dictionary[descriptor & 3] + (flag ? content[flag] : single);
}

/* Window: 3 low bits are eighths, the others say how often to double 1 KB. Without one it is the whole content. */
static uint64_t zstd_history(const uint8_t *bytes)
{
	const uint8_t descriptor = bytes[ZSTD_MAGIC], window = bytes[ZSTD_MAGIC + 1];
	const uint64_t doubled = UINT64_C(1) << (10 + (window >> 3));

	return descriptor & 0x20 ? UINT64_MAX : doubled + doubled / 8 * (window & 7);
}

/* What the header says of the content's size, at its end; 0: nothing. */
static uint64_t zstd_content_size(const uint8_t *bytes)
{
	const uint8_t descriptor = bytes[ZSTD_MAGIC];
	const uint8_t *end = bytes + zstd_header(descriptor);

	switch (descriptor >> 6) {
	case 0:
		return descriptor & 0x20 ? end[-1] : 0;
	case 1:
		return 256u + load_u16(end - 2, ELFDATA2LSB);
	case 2:
		return load_u32(end - 4, ELFDATA2LSB);
	default:
		return load_u64(end - 8, ELFDATA2LSB);
	}
}

/* Block: 3 bytes, least significant first: bit 0 last, bits 1 and 2 type, the others size; then the content. */
static int check_zstd(const uint8_t *bytes, uint64_t size, const char *name, uint64_t *content_size,
		      struct elfsect_error *error)
{
	uint64_t at, length;
	bool last = false;

	if (size <= ZSTD_MAGIC)
		return refuse(COMPRESSION_ZSTD, name, "the file is cut off", error);
	at = zstd_header(bytes[ZSTD_MAGIC]);
	while (!last) {
		uint32_t header;

		if (!range_inside(at, ZSTD_BLOCK_HEADER, size))
			return refuse(COMPRESSION_ZSTD, name, "the file is cut off", error);
		header = bytes[at] | (uint32_t)bytes[at + 1] << 8 | (uint32_t)bytes[at + 2] << 16;
		last = header & 1;
		if ((header >> 1 & 3) == ZSTD_BLOCK_RESERVED)
			return refuse(COMPRESSION_ZSTD, name, "a block of a type that is reserved", error);
		length = (header >> 1 & 3) == ZSTD_BLOCK_RLE ? 1 : header >> 3;
		at += ZSTD_BLOCK_HEADER;
		if (!range_inside(at, length, size))
			return refuse(COMPRESSION_ZSTD, name, "the file is cut off", error);
		at += length;
	}
	at += bytes[ZSTD_MAGIC] & 4;
	if (at > size)
		return refuse(COMPRESSION_ZSTD, name, "the file is cut off", error);
	if (at != size)
		return refuse(COMPRESSION_ZSTD, name, "bytes after the end of its frame", error);
	*content_size = zstd_content_size(bytes);
	return 0;
}

int framing_check(enum compression compression, const uint8_t *bytes, uint64_t size, const char *name,
		  uint64_t *content_size, struct elfsect_error *error)
{
	*content_size = 0;
	switch (compression) {
	case COMPRESSION_GZIP:
		return check_gzip(bytes, size, name, error);
	case COMPRESSION_XZ:
		return check_xz(bytes, size, name, content_size, error);
	case COMPRESSION_ZSTD:
		return check_zstd(bytes, size, name, content_size, error);
	default:
		return 0;
	}
}

uint64_t framing_history(enum compression compression, const uint8_t *bytes, uint64_t size)
{
	switch (compression) {
	case COMPRESSION_XZ:
		return xz_history(bytes, size);
	case COMPRESSION_ZSTD:
		return zstd_history(bytes);
	default:
		return 0;
	}
}
