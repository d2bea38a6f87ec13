/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Digests of many files: small ones side by side, results in the order of the files. */
#ifndef HASHSECT_CMD_DIGEST_BATCH_H
#define HASHSECT_CMD_DIGEST_BATCH_H

#include "digest_files.h"

/* A file to digest. Of those with may_be_other it is no error if they hold no ELF file. */
struct batch_file {
	const char *path;
	const struct digest_options *options;
	bool may_be_other;
};

/* What became of it: an error, no ELF file, or a manifest, which the reader may steal. */
struct batch_result {
	int ret; /* of file_digest_make(), with the error */
	struct elfsect_error error;
	bool is_other;
	struct manifest *manifest;
};

/*
 * How to go about it. The options of all files share one pool. full: manifests have parts and the policy. done() is
 * called for one file after the other and returns an exit status; context is the caller's.
 */
struct batch_plan {
	struct hashsect_workers *workers;
	bool full;
	int (*done)(void *context, size_t file, struct batch_result *result);
	void *context;
};

/* Returns the worst exit status, or that of missing memory. */
int digest_batches(const struct batch_plan *plan, const struct batch_file *files, size_t count);

#endif
