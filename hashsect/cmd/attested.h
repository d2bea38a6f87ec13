/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that attestations are about. */
#ifndef HASHSECT_CMD_ATTESTED_H
#define HASHSECT_CMD_ATTESTED_H

#include <sys/stat.h>

#include "digest_files.h"
#include "report/attestation.h"

/* A file that stays open, so that all that is said of it is said of the same bytes. */
struct attested {
	const char *path; /* borrowed */
	int fd;
	struct stat stat;   /* before anything was read */
	uint8_t sha256[32]; /* as it is shipped */
};

/* Open a regular file and hash it; attested_close() afterwards, always. Returns 0 or -errno. */
int attested_open(const char *path, struct attested *file, struct elfsect_error *error);
void attested_close(struct attested *file);

/*
 * Its manifest, with the text of its policy; the caller frees it. As file_digest_make(); -EAGAIN if the file changed
 * since it was opened.
 */
int attested_manifest(const struct attested *file, const struct digest_options *options, struct manifest **manifest,
		      struct elfsect_error *error);

/* SHA-256 of the index of a store. Returns 0 or -errno. */
int attested_store(const char *store, uint8_t sha256[32], struct elfsect_error *error);

/* Of a path. */
const char *attested_name(const char *path);

#endif
