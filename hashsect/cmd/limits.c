// SPDX-License-Identifier: GPL-2.0-or-later
#include "limits.h"

#include <limits.h>

#include "base/tool/cli.h"

int option_jobs(const char *word, unsigned int *threads)
{
	unsigned long long n;

	if (!cli_number(word, &n) || !n)
		return cli_usage("-j takes a number of threads, not '%s'", word);
	/* The library takes no more than the machine has. */
	*threads = n < UINT_MAX ? (unsigned int)n : UINT_MAX;
	return STATUS_OK;
}

int option_max_size(const char *word, uint64_t *max_size)
{
	unsigned long long n;

	if (!cli_number(word, &n) || !n)
		return cli_usage("--max-size takes a number of bytes, not '%s'", word);
	*max_size = n;
	return STATUS_OK;
}
