// SPDX-License-Identifier: LGPL-2.1-or-later
#include "trust/published_keys.h"

#include <stddef.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"

/* SHA-256 of the test vectors' keys, PKCS#1 in DER; the same in Linux 6.1 and 6.12. */
static const char *const testmgr[] = {
	"c641a1eb8cab9142984bb32f6861a3f9c69ee8d12e440ca0ef871f53d6fb8168", /* RSA, 512 bits */
	"9ac20020fcebd801079a5ad0381ebe3d83e4f715b1854e934a2be0acee464d6b", /* 1024 */
	"d7a2ac395c1b85ddd188fc0223da17981b43099386e5bcc6da74cd5f152aaa2f", /* 2048 */
	"0c8ca6c33a0a1f647fecfd77acc40f390b6213aacd61b5ce741e579f7cfd39af", /* 2048, for pkcs1pad */
	"f97eef5942d683aaa892503a2f0a8e2cc085092f4671a3c9a848d1b1a5c647b4", /* 4096 */
};

const char *published_key_origin(const uint8_t *der, uint64_t size)
{
	uint8_t sum[SHA256_SIZE];
	char digits[2 * SHA256_SIZE + 1];

	if (hash_once("sha256", der, size, sum))
		return NULL;
	text_hex(sum, sizeof(sum), digits, sizeof(digits));
	for (size_t i = 0; i < sizeof(testmgr) / sizeof(testmgr[0]); i++)
		if (!strcmp(digits, testmgr[i]))
			return "a test vector of Linux, crypto/testmgr.h";
	return NULL;
}
