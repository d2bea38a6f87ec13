/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What official files have: what "sig collect" writes, and "graft" puts on. */
#ifndef HASHSECT_CMD_COLLECT_H
#define HASHSECT_CMD_COLLECT_H

#include "base/tool/cli.h"
#include "store/entries.h"
#include "store/members.h"

/**
 * collect_members() - look into all files, and into the packages among them
 * @jobs: threads; 0: one a processor
 * @entries: empty; receives them, finished; the caller clears it
 *
 * Notes are printed on files that were not looked into.
 *
 * Return: 0 or -errno.
 */
int collect_members(const struct members *members, unsigned int jobs, struct store_entries *entries,
		    struct elfsect_error *error);

#endif
