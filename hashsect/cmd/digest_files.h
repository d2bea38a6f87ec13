/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands that compute digests have in common: opening files, and their manifests. */
#ifndef HASHSECT_CMD_DIGEST_FILES_H
#define HASHSECT_CMD_DIGEST_FILES_H

#include "base/tool/cli.h"
#include "digest_options.h"
#include "hashsect.h"
#include "image/image.h"
#include "report/manifest.h"

/* One file with its digest. The policy may be one made for this file (--exclude-section). */
struct file_digest {
	struct image *image;
	struct elfsect_view *view;
	struct hashsect_policy *own_policy; /* or NULL */
	struct hashsect_digest *digest;
};

/* The policy in force for a file that was digested. */
const struct hashsect_policy *file_policy(const struct digest_options *options, const struct file_digest *file);

/*
 * Open "-" (standard input) or a path, peel its layers, ask of them what the policy asks, and look at the ELF file
 * inside. What was opened is to be closed by the caller also after a failure: view first. Returns 0 or -errno;
 * -EMEDIUMTYPE: what is inside is no ELF file.
 */
int open_image(const char *path, const struct digest_options *options, struct image **image, struct elfsect_view **view,
	       struct elfsect_error *error);

/* What was peeled and may count; borrowed from the image. */
struct around {
	struct hashsect_span trailers[IMAGE_LAYERS_MAX];
	struct hashsect_piece *pieces; /* owned */
};

/* Tell it to a digest. Returns 0 or -ENOMEM; around_clear() when the digest is made. */
int around_take(const struct image *image, struct around *around, struct hashsect_options *options);
void around_clear(struct around *around);

/*
 * Open a file and compute its digest under the options. As open_image(); -EKEYREJECTED if evidence was refuted.
 * room: for the bytes of a small file, borrowed until the digest is cleared; NULL: none.
 */
int file_digest_make(const char *path, const struct digest_options *options, struct image_room *room,
		     struct file_digest *file, struct elfsect_error *error);

/* The same of an image that is open, which it takes over, also when it fails. */
int file_digest_of(struct image *image, const struct digest_options *options, struct file_digest *file,
		   struct elfsect_error *error);
void file_digest_clear(struct file_digest *file);

/* The manifest of a file that was digested; the caller frees it. NULL: no memory. */
struct manifest *file_manifest(const struct file_digest *file, const struct hashsect_policy *policy, bool with_parts);

/* Print why file_digest_make() failed. Returns an exit status: refuted evidence is a failed verification. */
int file_digest_failed(int ret, const struct elfsect_error *error);

/* Turn options and a policy into the library's. */
struct hashsect_options library_options(const struct digest_options *options, const struct hashsect_policy *policy);

/* The policy for a view: the given one, or own_policy made from it for --exclude-section. */
int policy_for_view(const struct digest_options *options, const struct elfsect_view *view,
		    struct hashsect_policy **own_policy, struct elfsect_error *error);

#endif
