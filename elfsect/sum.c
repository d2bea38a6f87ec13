// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sum.h"

#include <errno.h>
#include <openssl/evp.h>

int sum_spans(const struct span *spans, size_t count, uint8_t sum[SUM_BYTES])
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	int good = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL);

	for (size_t i = 0; i < count && good; i++)
		if (spans[i].size)
			good = EVP_DigestUpdate(context, spans[i].bytes, spans[i].size);
	if (good)
		good = EVP_DigestFinal_ex(context, sum, NULL);
	EVP_MD_CTX_free(context);
	return good ? 0 : -ENOMEM;
}
