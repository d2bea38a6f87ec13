/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An image: a file as it is shipped, with its wrappings. Opening one peels them off, outermost first: what each layer
 * leaves is asked which layer it has, until it has none (image/layers.c). The rules are those of hashsect/FORMAT.md,
 * "Wrapped images".
 */
#ifndef HASHSECT_IMAGE_IMAGE_H
#define HASHSECT_IMAGE_IMAGE_H

#include "elfsect.h"
#include "image/layer.h"

enum { IMAGE_LAYERS_MAX = 16 };

/* More than a debug vmlinux with DWARF 5 needs. */
#define IMAGE_MAX_SIZE (UINT64_C(1) << 30)

/**
 * struct image_room - memory for the bytes of one small file after the other
 * @bytes: owned; NULL until a file needs it
 *
 * Where thousands of small files are opened, reading them into the same pages again is cheaper than a mapping for each.
 */
struct image_room {
	uint8_t *bytes;
};

/**
 * struct image_options - how to open an image; all zero is fine
 * @max_size: the most that a compressed file may become, in bytes; 0: IMAGE_MAX_SIZE
 * @keep_trailers: undo compression only
 * @room: that a file may be read into, in place of a mapping; borrowed until the image is closed; NULL: none
 */
struct image_options {
	uint64_t max_size;
	bool keep_trailers;
	struct image_room *room;
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

/**
 * image_open_at() - image_open() of a file in a folder; "-" is a name like others
 * @folder_fd: as for openat()
 * @shown: the name for messages
 */
ELFSECT_MUST_CHECK int image_open_at(int folder_fd, const char *name, const char *shown,
				     const struct image_options *options, struct image **image,
				     struct elfsect_error *error);

/**
 * image_open_fd() - image_open() of what can be read from a descriptor, which stays the caller's
 * @shown: the name for messages
 *
 * A regular file that is at its start is mapped. Of anything else, and of the rest of a file, a copy is made.
 */
ELFSECT_MUST_CHECK int image_open_fd(int fd, const char *shown, const struct image_options *options,
				     struct image **image, struct elfsect_error *error);

/** image_open_memory() - image_open() of bytes that the caller keeps alive and unchanged; @shown: the name for messages
 */
ELFSECT_MUST_CHECK int image_open_memory(const uint8_t *bytes, uint64_t size, const char *shown,
					 const struct image_options *options, struct image **image,
					 struct elfsect_error *error);

/** image_close() - release it and what it lent; NULL is allowed */
void image_close(struct image *image);

/** image_room_clear() - release its memory; no image may use it any more */
void image_room_clear(struct image_room *room);

/** image_name() - the name for messages */
const char *image_name(const struct image *image);

/** image_bytes() - what is inside all layers */
const uint8_t *image_bytes(const struct image *image, uint64_t *size);

/** image_layers() - what was peeled, outermost first; @count receives the number */
const struct image_layer *image_layers(const struct image *image, size_t *count);

/** image_unknown() - a layer that stays: it was not peeled, and ends image_bytes(); or NULL */
const struct image_layer *image_unknown(const struct image *image);

/**
 * image_judge() - whether the layers are what a policy with rules takes: FORMAT.md, section 13, item 6c
 *
 * Return: 0; -EBADMSG for the outermost that is not.
 */
ELFSECT_MUST_CHECK int image_judge(const struct image *image, struct elfsect_error *error);

/**
 * image_same_inside() - whether two images have the same bytes inside their outermost compression and signatures, and
 * these are what a policy with rules takes
 */
bool image_same_inside(const struct image *a, const struct image *b);

/** image_is_elf_or_pe() - whether what is inside all layers begins as one does: a module, a kernel, a boot loader */
bool image_is_elf_or_pe(const struct image *image);

/** image_set_verified() - a signature, that of layer @i, was verified by certificates that somebody gave */
void image_set_verified(struct image *image, size_t i);

/** image_is_compressed() - whether the outermost layer is a compression */
bool image_is_compressed(const struct image *image);

/**
 * image_wrap() - put all layers back around a content
 * @whole: receives the bytes, those of the file if @content is image_bytes(); the caller frees it
 *
 * Return: 0; -ENOTSUP if one of the layers cannot be put around another content than it had; -ENOMEM.
 */
ELFSECT_MUST_CHECK int image_wrap(const struct image *image, const uint8_t *content, uint64_t content_size,
				  uint8_t **whole, uint64_t *whole_size, struct elfsect_error *error);

/** image_view() - a view of what is inside; borrows from the image, and notices if its file changes */
ELFSECT_MUST_CHECK int image_view(const struct image *image, struct elfsect_view **view, struct elfsect_error *error);

/** image_unchanged() - whether the file still has the size and modification time it had when it was opened */
ELFSECT_MUST_CHECK int image_unchanged(const struct image *image, struct elfsect_error *error);

#endif
