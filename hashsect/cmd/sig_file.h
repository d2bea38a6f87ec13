/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands on module signatures have in common. */
#ifndef HASHSECT_SIG_FILE_H
#define HASHSECT_SIG_FILE_H

#include "base/tool/cli.h"
#include "image/image.h"
#include "image/module_trailer.h"
#include "digest_options.h"

/* A module, decompressed at need, with its trailers on, and the outermost of them. */
struct sig_file {
	const char *path;
	struct image *image;
	const uint8_t *bytes;
	uint64_t size;
	bool compressed;
};

/* Returns an exit status; sig_file_close() afterwards, always. */
int sig_file_open(const char *path, uint64_t max_size, struct sig_file *file);
void sig_file_close(struct sig_file *file);

/*
 * Write what a module became, to `out` or over the module itself. A compressed module is not replaced by one that is
 * not: then `out` has to be given. Returns an exit status.
 */
int sig_file_write(const struct sig_file *file, const char *out, const uint8_t *bytes, uint64_t size);

#endif
