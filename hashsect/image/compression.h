/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all compressions have in common: limits, and where the content goes. */
#ifndef HASHSECT_IMAGE_COMPRESSION_H
#define HASHSECT_IMAGE_COMPRESSION_H

#include "image/layer.h"

/* Design: at most 64 MB of memory, whatever the file. */
enum { HISTORY_MAX = 48 << 20 };

/* The size of a content of which the file says nothing. */
#define SIZE_NOT_CLAIMED UINT64_MAX

/**
 * struct decompression - one compressed file on its way into a temporary one
 * @claimed: what the file says of the size of its content, or SIZE_NOT_CLAIMED. It need not be true.
 * @sure: @claimed is the size, or the bytes are refused: a decoder may make room for it at once
 * @fd: of the temporary file
 * @done: bytes of content that are written
 */
struct decompression {
	const char *kind;
	const struct layer_source *source;
	uint64_t claimed;
	bool sure;
	int fd;
	uint64_t done;
};

/**
 * struct decoder - one way to compress, all of whose bytes are those of the source
 * @name: for messages
 * @recognise: by the first bytes
 * @prepare: read the header: limits, @claimed; NULL: there is nothing to read
 * @decode: hand all of the content to compression_take(); refuse what does not end with the source
 */
struct decoder {
	const char *name;
	bool (*recognise)(const uint8_t *bytes, uint64_t size);
	int (*prepare)(struct decompression *d, struct elfsect_error *error);
	int (*decode)(struct decompression *d, struct elfsect_error *error);
};

extern const struct decoder decoder_bzip2;
extern const struct decoder decoder_gzip;
extern const struct decoder decoder_lz4;
extern const struct decoder decoder_lzma;
extern const struct decoder decoder_lzo;
extern const struct decoder decoder_xz;
extern const struct decoder decoder_zstd;

/** compression_refuse() - fail with -EBADMSG and "NAME: KIND: reason" */
ELFSECT_MUST_CHECK int compression_refuse(const struct decompression *d, const char *reason,
					  struct elfsect_error *error);

/** compression_no_memory() - fail with -ENOMEM */
ELFSECT_MUST_CHECK int compression_no_memory(const struct decompression *d, struct elfsect_error *error);

/**
 * compression_check_memory() - whether the decoder may keep so much content
 * @history: bytes that it needs at once: the dictionary (xz), the window (zstd)
 *
 * It takes memory for as much history as the file asks for, up to 4 GiB, and touches no more of it than there is
 * content.
 *
 * Return: 0 or -EFBIG.
 */
ELFSECT_MUST_CHECK int compression_check_memory(const struct decompression *d, uint64_t history,
						struct elfsect_error *error);

/**
 * compression_take() - write bytes of content
 *
 * Return: 0; -EFBIG beyond the limit of the source; -EBADMSG if there are more than claimed; -errno.
 */
ELFSECT_MUST_CHECK int compression_take(struct decompression *d, const uint8_t *bytes, uint64_t size,
					struct elfsect_error *error);

/**
 * compression_unpack() - decompress a source into a temporary file
 * @size: what the content must have; SIZE_NOT_CLAIMED: not known
 * @layer: receives @map and @map_size; and @content, @content_size
 *
 * Return: 0; -EBADMSG; -EFBIG; -errno.
 */
ELFSECT_MUST_CHECK int compression_unpack(const struct decoder *decoder, const struct layer_source *source,
					  uint64_t size, struct image_layer *layer, struct elfsect_error *error);

/** compression_peel() - the same of a whole file, which is the layer */
ELFSECT_MUST_CHECK int compression_peel(const struct decoder *decoder, const struct layer_source *source,
					struct image_layer *layer, struct elfsect_error *error);

/**
 * compression_wrap() - the compressed file, if the content is the one that was in it
 *
 * Return: 0; -ENOTSUP for another content: another compressor, or another version, would make another file of it;
 * -ENOMEM.
 */
ELFSECT_MUST_CHECK int compression_wrap(const struct image_layer *layer, const uint8_t *content, uint64_t content_size,
					uint8_t **whole, uint64_t *whole_size, struct elfsect_error *error);

#endif
