/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two folders or packages, compared path by path. */
#ifndef HASHSECT_CMD_COMPARE_PACKAGES_H
#define HASHSECT_CMD_COMPARE_PACKAGES_H

#include "debug_files.h"
#include "digest_options.h"
#include "report/packages.h"

/* How many of the paths are folders or packages. Returns an exit status. */
int packages_count(int count, char **paths, int *packages);

/* Says why a folder or package and something else are not compared. Returns an exit status. */
int packages_refuse_mixture(void);

/*
 * Compare what both hold: bit by bit, and files with kernels and modules by their digests where the bits differ;
 * debug: NULL, or where those differ, say why, with the symbols of these files. The options have a policy; a map is for
 * what is no module. packages_comparison_clear() afterwards, always. Returns 0 or -errno.
 */
int compare_packages(const char *const paths[2], const struct digest_options *options, const struct debug_files *debug,
		     struct packages_comparison *result, struct elfsect_error *error);
void packages_comparison_clear(struct packages_comparison *result);

#endif
