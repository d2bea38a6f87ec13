/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kinds of files that get signatures: how they are named, joined and judged. attach.c has what they share. */
#ifndef HASHSECT_STORE_ATTACH_KIND_H
#define HASHSECT_STORE_ATTACH_KIND_H

#include "store/folder.h"
#include "trust/status.h"

/**
 * struct attach_file - a file that is to get a signature
 * @bytes: as a kernel or firmware gets them
 */
struct attach_file {
	const char *name;
	const uint8_t *bytes;
	uint64_t size;
};

/**
 * struct attach_kind - one kind
 * @kind: its folder in the store
 * @recognise: whether a file is one; anything may be asked
 * @look: fill @digest with that of the bytes that a signature is over; @there is the signature that the file has,
 *borrowed, or NULL; @is_other: it has something else in that place. Returns 0; -EBADMSG; -errno
 * @join: the file, which has none, with a signature; the caller frees *whole. Returns 0; -EBADMSG; -errno
 * @judge: the verdict on such a file. Returns 0 or -ENOMEM
 */
struct attach_kind {
	enum store_kind kind;
	bool (*recognise)(const uint8_t *bytes, uint64_t size);
	int (*look)(const struct attach_file *file, uint8_t digest[SHA256_SIZE], struct span *there, bool *is_other,
		    struct elfsect_error *error);
	int (*join)(const struct attach_file *file, const struct store_piece *piece, uint8_t **whole,
		    uint64_t *whole_size, struct elfsect_error *error);
	int (*judge)(const uint8_t *whole, uint64_t size, const struct signers *signers, enum signature_status *status,
		     struct elfsect_error *reason, struct elfsect_error *error);
};

extern const struct attach_kind attach_image, attach_module;

#endif
