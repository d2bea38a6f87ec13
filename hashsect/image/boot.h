/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the layers of boot images have in common: a kernel inside, mostly compressed, and surroundings. Nothing of such
 * an image is ignored: each byte is of the payload, or of a piece that counts by itself, or follows from the content.
 */
#ifndef HASHSECT_IMAGE_BOOT_H
#define HASHSECT_IMAGE_BOOT_H

#include "image/layer.h"

/**
 * boot_add_piece() - bytes around the content that count; none if @size is 0
 * @name: at most LAYER_PIECE_NAME_MAX - 1 bytes of it are kept
 *
 * Return: 0; -EBADMSG: too many; -ENOMEM.
 */
ELFSECT_MUST_CHECK int boot_add_piece(const struct layer_source *source, struct image_layer *layer, const char *name,
				      const uint8_t *bytes, uint64_t size, struct elfsect_error *error);

/**
 * boot_check_only() - whether a boot image is of one kind: of two, it depends on who loads it which kernel is started
 *
 * Return: 0; -EBADMSG.
 */
ELFSECT_MUST_CHECK int boot_check_only(const struct layer_source *source, const struct image_layer *layer,
				       struct elfsect_error *error);

/**
 * boot_unpack() - decompress a payload, which fills @layer->content
 * @at: its offset in the source; @size: in bytes, which lie in it
 * @with_size: what is not gzip ends with u32, little-endian: the size of the content
 * @compression: a name that the image gives, which has to fit; NULL: it gives none
 *
 * Behind an ELF file, which then is the content, other bytes are the piece "relocations".
 *
 * Return: 0; -EBADMSG; -EFBIG; -errno.
 */
ELFSECT_MUST_CHECK int boot_unpack(const struct layer_source *source, uint64_t at, uint64_t size, bool with_size,
				   const char *compression, struct image_layer *layer, struct elfsect_error *error);

/**
 * boot_raw_kernel() - the kind of a kernel that is no ELF file but an image of memory: "arm64"
 *
 * Return: static; NULL: it is none that is known.
 */
const char *boot_raw_kernel(const uint8_t *bytes, uint64_t size);

#endif
