/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two files that were digested, explained. */
#ifndef HASHSECT_CMD_EXPLAINED_H
#define HASHSECT_CMD_EXPLAINED_H

#include "debug_files.h"
#include "digest_files.h"
#include "explain/explain.h"

/*
 * Why the files differ, what their digests leave out known. paths: where debug information can be read from, NULL: a
 * file of memory; debug: where else it is, or NULL. explanation_clear() afterwards, always. Returns 0 or -errno.
 */
int explain_digests(const char *const paths[2], const struct file_digest files[2],
		    const struct debug_file *const debug[2], struct explanation *explanation,
		    struct elfsect_error *error);

#endif
