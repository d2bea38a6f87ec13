/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arguments of options that several commands have. Each returns an exit status; a usage error has been printed. */
#ifndef HASHSECT_CMD_OPTION_H
#define HASHSECT_CMD_OPTION_H

#include <stdint.h>

/* -j N: how many threads. */
int option_jobs(const char *word, unsigned int *threads);

/* --max-size N: how many bytes a file may decompress to. */
int option_max_size(const char *word, uint64_t *max_size);

#define JOBS_HELP     "  -j, --jobs N               threads (default, and at most: one a processor)\n"
#define MAX_SIZE_HELP "  --max-size N               refuse a file that decompresses to more than N bytes (1073741824)\n"

#endif
