/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "hashsect digest --authenticode": what a signature of a PE file is over. */
#ifndef HASHSECT_CMD_AUTHENTICODE_H
#define HASHSECT_CMD_AUTHENTICODE_H

#include <stdbool.h>
#include <stdint.h>

/* Print it for each file. @hash: NULL: sha256. Returns an exit status. */
int authenticode_digests(int count, char **paths, const char *hash, uint64_t max_size, bool json);

#endif
