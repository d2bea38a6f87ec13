/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verifying the lines that `hashsect digest` printed. */
#ifndef HASHSECT_CMD_CHECK_LIST_H
#define HASHSECT_CMD_CHECK_LIST_H

#include "digest_files.h"
#include "report/check.h"

/*
 * Verify a list, "-" for standard input; the options have no policy yet, since each line names its own. With folders,
 * or files, they and the list must be about the same files. Returns an exit status.
 */
int check_list(const char *path, struct digest_options *options, int count, char **folders, enum loudness loudness,
	       bool json);

#endif
