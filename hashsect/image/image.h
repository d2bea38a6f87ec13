/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An image: a file as it is shipped, with its wrappings. Opening one peels them off, outermost first:
 *
 *     compression (gzip, xz or zstd, outermost only) -> module trailers (any number up to IMAGE_LAYERS_MAX) -> the ELF
 * file
 *
 * The rules are those of hashsect/FORMAT.md, "Wrapped images".
 */
#ifndef HASHSECT_IMAGE_H
#define HASHSECT_IMAGE_H

#include <json-c/json.h>

#include "elfsect.h"
#include "image/trailer.h"
#include "trust/cms.h"

enum { IMAGE_LAYERS_MAX = 16 };

/* More than a debug vmlinux with DWARF 5 needs. */
#define IMAGE_MAX_SIZE (UINT64_C(1) << 30)

enum layer_kind {
	LAYER_GZIP,
	LAYER_XZ,
	LAYER_ZSTD,
	LAYER_SIGNATURE, /* a module trailer with PKCS#7 */
	LAYER_MERKLE,	 /* a module trailer with a Merkle proof */
};

/**
 * struct image_layer - one wrapping
 * @bytes: what was around the content: a trailer, or the whole compressed file; borrowed from the image
 * @size: of these bytes
 * @offset: of a trailer: its offset in what it was peeled from; otherwise 0
 * @content_size: size of what was inside
 * @proved: the bytes prove what they are; a Merkle proof needs evidence for that
 * @sha256: of the bytes of a trailer
 * @signature: of LAYER_SIGNATURE
 * @text: what they are, one line
 */
struct image_layer {
	enum layer_kind kind;
	const uint8_t *bytes;
	uint64_t size;
	uint64_t offset;
	uint64_t content_size;
	bool proved;
	uint8_t sha256[32];
	struct cms_signature signature;
	char text[3072];
};

/**
 * struct image_options - how to open an image; all zero is fine
 * @max_size: the most that a compressed file may become, in bytes; 0: IMAGE_MAX_SIZE
 * @keep_trailers: undo compression only
 */
struct image_options {
	uint64_t max_size;
	bool keep_trailers;
};

struct image;

/**
 * image_open() - open a file, or standard input if @path is "-", and peel it
 *
 * The file is mapped; decompressed bytes go to an unlinked temporary file in $TMPDIR, which is mapped too.
 *
 * Return: 0; -errno of the call that failed; -EBADMSG for a wrapping that is not accepted, -EFBIG for one that is too
 * large.
 */
ELFSECT_MUST_CHECK int image_open(const char *path, const struct image_options *options, struct image **image,
				  struct elfsect_error *error);

/** image_close() - release it and what it lent; NULL is allowed */
void image_close(struct image *image);

/** image_name() - the name for messages */
const char *image_name(const struct image *image);

/** image_bytes() - what is inside all layers */
const uint8_t *image_bytes(const struct image *image, uint64_t *size);

/** image_layers() - what was peeled, outermost first; @count receives the number */
const struct image_layer *image_layers(const struct image *image, size_t *count);

/** image_unknown_trailer() - a module trailer of unknown id_type, which was not peeled and ends image_bytes(); or NULL
 */
const struct module_trailer *image_unknown_trailer(const struct image *image);

/** image_is_compressed() - whether the outermost layer is a compression */
bool image_is_compressed(const struct image *image);

/** image_view() - a view of what is inside; borrows from the image, and notices if its file changes */
ELFSECT_MUST_CHECK int image_view(const struct image *image, struct elfsect_view **view, struct elfsect_error *error);

/** image_unchanged() - whether the file still has the size and modification time it had when it was opened */
ELFSECT_MUST_CHECK int image_unchanged(const struct image *image, struct elfsect_error *error);

/** layer_kind_name() - "gzip", "xz", "zstd", "signature", "merkle" */
const char *layer_kind_name(enum layer_kind kind);

/** image_layers_object() - the layers as a JSON array, for manifests; the caller releases it */
struct json_object *image_layers_object(const struct image *image);

#endif
