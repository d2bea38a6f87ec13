// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The format of lzop 1.x (its conf.h and Linux' lib/decompress_unlzo.c), big-endian:
 *
 *     0 magic, 9 bytes   9 u16 version   11 u16 of the library   13 u16 needed   15 u8 method   16 u8 level   17 u32
 * flags [u32 filter]   u32 mode   u32 time, u32 its upper half   u8 length of the name, name   u32 checksum of the
 * header blocks: u32 size of the content (0: the end), u32 compressed size, [checksums, by the flags], data
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "image/compression.h"

#ifdef HAVE_LZO
#include <lzo/lzo1x.h>
#endif

enum { MAGIC_SIZE = 9, FIXED = 38 };

static bool is_lzo(const uint8_t *bytes, uint64_t size)
{
	return size >= FIXED && !memcmp(bytes, "\x89LZO\0\r\n\x1a\n", MAGIC_SIZE);
}

#ifdef HAVE_LZO

enum {
	FLAGS = 17,
	NAME_LENGTH = 33,
	ADLER_OF_CONTENT = 1,
	ADLER_OF_DATA = 2,
	CRC_OF_CONTENT = 0x100,
	CRC_OF_DATA = 0x200,
	MANY_PARTS = 0x400,
	FILTER = 0x800,
	CRC_OF_HEADER = 0x1000,
	EXTRA_FIELD = 0x40,
	BLOCK_KEPT = 1 << 20, /* the most that lzop makes is 256 KiB */
};

/* What is left of the source. */
struct lzo_reader {
	const uint8_t *next;
	uint64_t left;
};

static bool take_u32(struct lzo_reader *r, uint32_t *value)
{
	if (r->left < 4)
		return false;
	*value = load_u32(r->next, ELFDATA2MSB);
	r->next += 4;
	r->left -= 4;
	return true;
}

/* Flags that change what follows. */
static int read_header(struct decompression *d, struct lzo_reader *r, uint32_t *flags, struct elfsect_error *error)
{
	const uint8_t *bytes = d->source->bytes;
	uint64_t end;
	uLong sum;

	*flags = load_u32(bytes + FLAGS, ELFDATA2MSB);
	end = (uint64_t)NAME_LENGTH + 1 + bytes[NAME_LENGTH];
	if (*flags & (FILTER | EXTRA_FIELD | MANY_PARTS))
		return compression_refuse(d, "a header with more in it than a file name", error);
	if (end + 4 > d->source->size)
		return compression_refuse(d, "the data are cut off", error);
	sum = *flags & CRC_OF_HEADER ? crc32(crc32(0, NULL, 0), bytes + MAGIC_SIZE, (uInt)(end - MAGIC_SIZE))
				     : adler32(1, bytes + MAGIC_SIZE, (uInt)(end - MAGIC_SIZE));
	if (sum != load_u32(bytes + end, ELFDATA2MSB))
		return compression_refuse(d, "the checksum of its header is wrong", error);
	r->next = bytes + end + 4;
	r->left = d->source->size - end - 4;
	return 0;
}

static bool sums_agree(const uint8_t *bytes, uint32_t size, const uint32_t *adler, const uint32_t *crc)
{
	return (!adler || adler32(1, bytes, size) == *adler) && (!crc || crc32(crc32(0, NULL, 0), bytes, size) == *crc);
}

/* Where two kinds of sums are there, Adler-32 stands first; those of the data only where they are compressed. */
static int decode_block(struct decompression *d, struct lzo_reader *r, uint32_t flags, uint32_t content, uint8_t *room,
			struct elfsect_error *error)
{
	uint32_t size, sums[4] = {0};
	const uint32_t wanted[4] = {ADLER_OF_CONTENT, CRC_OF_CONTENT, ADLER_OF_DATA, CRC_OF_DATA};
	const uint8_t *bytes = room;
	lzo_uint got = content;

	if (!take_u32(r, &size) || size > content)
		return compression_refuse(d, "a block of the wrong size", error);
	for (int i = 0; i < 4; i++) {
		if (!(flags & wanted[i]) || (i >= 2 && size == content))
			continue;
		if (!take_u32(r, &sums[i]))
			return compression_refuse(d, "the data are cut off", error);
	}
	if (size > r->left)
		return compression_refuse(d, "the data are cut off", error);
	if (size == content)
		bytes = r->next;
	else if (!sums_agree(r->next, size, flags & ADLER_OF_DATA ? &sums[2] : NULL,
			     flags & CRC_OF_DATA ? &sums[3] : NULL) ||
		 lzo1x_decompress_safe(r->next, size, room, &got, NULL) != LZO_E_OK || got != content)
		return compression_refuse(d, "the compressed data or their checksum are wrong", error);
	if (!sums_agree(bytes, content, flags & ADLER_OF_CONTENT ? &sums[0] : NULL,
			flags & CRC_OF_CONTENT ? &sums[1] : NULL))
		return compression_refuse(d, "the compressed data or their checksum are wrong", error);
	r->next += size;
	r->left -= size;
	return compression_take(d, bytes, content, error);
}

static int unlzo(struct decompression *d, struct elfsect_error *error)
{
	autofree uint8_t *room = malloc(BLOCK_KEPT);
	struct lzo_reader r = {NULL, 0};
	uint32_t flags = 0, content;
	int ret = room ? read_header(d, &r, &flags, error) : compression_no_memory(d, error);

	while (!ret) {
		if (!take_u32(&r, &content))
			return compression_refuse(d, "the data are cut off", error);
		if (!content)
			return r.left ? compression_refuse(d, "bytes after its end", error) : 0;
		if (content > BLOCK_KEPT)
			return compression_refuse(d, "a block of more than 1 MiB", error);
		ret = decode_block(d, &r, flags, content, room, error);
	}
	return ret;
}

#else

static int unlzo(struct decompression *d, struct elfsect_error *error)
{
	return compression_refuse(d, "this tool was built without liblzo2", error);
}

#endif

const struct decoder decoder_lzo = {"lzo", is_lzo, NULL, unlzo};
