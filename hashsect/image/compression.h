/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What gzip, xz and zstd have in common: limits, and where the content goes. */
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
 * @fd: of the temporary file
 * @done: bytes of content that are written
 */
struct decompression {
	const char *kind;
	const struct layer_source *source;
	uint64_t claimed;
	int fd;
	uint64_t done;
};

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
 * compression_peel() - decompress into a temporary file, and fill the layer
 * @decode: hands all of the content to compression_take()
 */
ELFSECT_MUST_CHECK int compression_peel(struct decompression *d,
					int (*decode)(struct decompression *d, struct elfsect_error *error),
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
