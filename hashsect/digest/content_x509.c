// SPDX-License-Identifier: LGPL-2.1-or-later
#include "digest/content_x509.h"

/* Certificates from the start of [from, to), then zero bytes. */
static int x509_range(struct judged *j, uint64_t from, uint64_t to)
{
	return judged_certificates(j, from, to, UINT64_MAX);
}

int x509_judge(struct judged *j)
{
	return judged_ranges(j, x509_range);
}
