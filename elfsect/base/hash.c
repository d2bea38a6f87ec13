// SPDX-License-Identifier: LGPL-2.1-or-later
/* For sha256_spans(): the functions of OpenSSL 1.1, which compute the same with the same code. */
#define OPENSSL_API_COMPAT 0x10100000L
#include "base/hash.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

struct hash {
	EVP_MD *algorithm;
	EVP_MD_CTX *context;
};

static const struct {
	const char *name;
	size_t size;
} algorithms[] = {
	{"sha256", 32}, {"sha384", 48}, {"sha512", 64}, {"sha3-256", 32}, {"blake2b512", 64},
};

size_t hash_size(const char *name)
{
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++)
		if (!strcmp(name, algorithms[i].name))
			return algorithms[i].size;
	return 0;
}

const char *hash_name(const char *name)
{
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++)
		if (!strcmp(name, algorithms[i].name))
			return algorithms[i].name;
	return NULL;
}

int hash_new(const char *name, struct hash **out)
{
	struct hash *hash;

	if (!hash_size(name))
		return -EINVAL;
	hash = calloc(1, sizeof(*hash));
	if (!hash)
		return -ENOMEM;
	hash->algorithm = EVP_MD_fetch(NULL, name, NULL);
	hash->context = EVP_MD_CTX_new();
	if (!hash->algorithm || !hash->context) {
		hash_free(hash);
		return -ENOSYS;
	}
	*out = hash;
	return 0;
}

void hash_free(struct hash *hash)
{
	if (!hash)
		return;
	EVP_MD_CTX_free(hash->context);
	EVP_MD_free(hash->algorithm);
	free(hash);
}

int hash_begin(struct hash *hash)
{
	return EVP_DigestInit_ex2(hash->context, hash->algorithm, NULL) == 1 ? 0 : -EIO;
}

int hash_add(struct hash *hash, const void *bytes, size_t size)
{
	return EVP_DigestUpdate(hash->context, bytes, size) == 1 ? 0 : -EIO;
}

int hash_add_zeros(struct hash *hash, uint64_t size)
{
	static const uint8_t zeros[4096];
	int ret = 0;

	while (size && !ret) {
		const size_t piece = size < sizeof(zeros) ? (size_t)size : sizeof(zeros);

		ret = hash_add(hash, zeros, piece);
		size -= piece;
	}
	return ret;
}

int hash_end(struct hash *hash, uint8_t *out)
{
	return EVP_DigestFinal_ex(hash->context, out, NULL) == 1 ? 0 : -EIO;
}

int hash_once(const char *name, const void *bytes, size_t size, uint8_t *out)
{
	struct hash *hash;
	int ret = hash_new(name, &hash);

	if (ret)
		return ret;
	ret = hash_begin(hash) ?: hash_add(hash, bytes, size) ?: hash_end(hash, out);
	hash_free(hash);
	return ret;
}

int sha256_spans(const struct span *spans, size_t count, uint8_t sum[SHA256_SIZE])
{
	SHA256_CTX context;
	int good = SHA256_Init(&context);

	for (size_t i = 0; i < count && good; i++)
		if (spans[i].size)
			good = SHA256_Update(&context, spans[i].bytes, spans[i].size);
	if (good)
		good = SHA256_Final(sum, &context);
	return good ? 0 : -ENOMEM;
}

int md5_once(const void *bytes, size_t size, uint8_t sum[MD5_SIZE])
{
	return EVP_Digest(bytes, size, sum, NULL, EVP_md5(), NULL) == 1 ? 0 : -ENOSYS;
}
