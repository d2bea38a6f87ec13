/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_LINUX_STRING_H
#define TEST_LINUX_STRING_H

#include <string.h>

/* The first byte that is not c, or NULL. */
static inline const void *memchr_inv(const void *start, int c, size_t size)
{
	const unsigned char *at = start;

	for (; size; at++, size--)
		if (*at != c)
			return at;
	return NULL;
}

#endif
