/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's SHA-256, by libcrypto. */
#ifndef TEST_CRYPTO_SHA2_H
#define TEST_CRYPTO_SHA2_H

#include <stdlib.h>
#include <openssl/evp.h>
#include <linux/types.h>

#define SHA256_DIGEST_SIZE 32

struct sha256_state {
	EVP_MD_CTX *md;
};

static inline void sha256_init(struct sha256_state *state)
{
	state->md = EVP_MD_CTX_new();
	if (!state->md || EVP_DigestInit_ex(state->md, EVP_sha256(), NULL) != 1)
		abort();
}

static inline void sha256_update(struct sha256_state *state, const u8 *data, unsigned int len)
{
	if (EVP_DigestUpdate(state->md, data, len) != 1)
		abort();
}

static inline void sha256_final(struct sha256_state *state, u8 *out)
{
	if (EVP_DigestFinal_ex(state->md, out, NULL) != 1)
		abort();
	EVP_MD_CTX_free(state->md);
}

static inline void sha256(const u8 *data, unsigned int len, u8 *out)
{
	struct sha256_state state;

	sha256_init(&state);
	sha256_update(&state, data, len);
	sha256_final(&state, out);
}

#endif
