/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The audit of all that was named: files, folders and packages, taken together. */
#ifndef HASHSECT_CMD_AUDIT_FILES_H
#define HASHSECT_CMD_AUDIT_FILES_H

#include "digest_options.h"
#include "report/audit.h"

/*
 * Look at every file; kernels and modules of one run belong together. The options have a policy; their signers are
 * trusted beside those that the kernels trust; a map is a kernel's. audit_clear() afterwards, always. Returns 0 or
 * -errno.
 */
int audit_files(const char *const *paths, size_t count, const struct digest_options *options,
		struct audit_result *result, struct elfsect_error *error);
void audit_clear(struct audit_result *result);

#endif
