// SPDX-License-Identifier: LGPL-2.1-or-later
#include "digest/content_x509.h"

#include "trust/certificate.h"

/* Certificates from the start of [from, to), then zero bytes. */
static int x509_range(struct judged *j, uint64_t from, uint64_t to)
{
	uint64_t end = from;
	int ret;

	while (end < to && j->bytes[end]) {
		char where[JUDGED_PLACE_MAX];
		uint64_t size;

		ret = certificate_check(j->bytes + end, to - end, judged_place(j, end, where), &size, NULL, j->error);
		if (ret)
			return ret;
		end += size;
	}
	ret = judged_certificates(j, from, end);
	return ret ? ret : judged_zero(j, end, to);
}

int x509_judge(struct judged *j)
{
	return judged_ranges(j, x509_range);
}
