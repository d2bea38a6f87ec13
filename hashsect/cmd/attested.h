/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that attestations are about. */
#ifndef HASHSECT_CMD_ATTESTED_H
#define HASHSECT_CMD_ATTESTED_H

#include "digest_files.h"
#include "report/attestation.h"

/* SHA-256 of a file as it is shipped. Returns 0 or -errno. */
int attested_sum(const char *path, uint8_t sha256[32], struct elfsect_error *error);

/* The manifest of a file, with the text of its policy; the caller frees it. As file_digest_make(). */
int attested_manifest(const char *path, const struct digest_options *options, struct manifest **manifest,
		      struct elfsect_error *error);

#endif
