/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HASHSECT_CHECK_LIST_H
#define HASHSECT_CHECK_LIST_H

#include "digest_files.h"

/*
 * Verify the lines of a list that `hashsect digest` printed. Hash, policy and scope come from each line; a policy that
 * is not built in must be given with --policy. Returns an exit status.
 */
int check_list(const char *path, struct digest_options *options, bool quiet);

#endif
