/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hashes of libcrypto; nothing else in the project calls them. Return 0 or -errno. */
#ifndef ELFSECT_BASE_HASH_H
#define ELFSECT_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash; /* one running computation; not shared between threads */

/* The size in bytes of an algorithm's hash, or 0 if the name is not one of FORMAT.md section 1. */
size_t hash_size(const char *name);

/* The name as a string that lives for ever; NULL if it is unknown. */
const char *hash_name(const char *name);

int hash_new(const char *name, struct hash **out);
void hash_free(struct hash *hash);

int hash_begin(struct hash *hash);
int hash_add(struct hash *hash, const void *bytes, size_t size);
int hash_add_zeros(struct hash *hash, uint64_t size);
int hash_end(struct hash *hash, uint8_t *out);

int hash_once(const char *name, const void *bytes, size_t size, uint8_t *out);

/* ------------------------------------------------------------------------------------------------- SHA-256, quickly */

enum { SHA256_SIZE = 32 };

/* A run of bytes. */
struct span {
	const uint8_t *bytes;
	uint64_t size;
};

/*
 * SHA-256 of the spans one after another; 0 or -ENOMEM. Where a process hashes little: it needs none of the providers
 * that hash_new() loads, which takes as long as all the rest of a small edit in place.
 */
int sha256_spans(const struct span *spans, size_t count, uint8_t sum[SHA256_SIZE]);

/* ---------------------------------------------------------------------------------------- MD5, for dpkg's lists alone
 */

enum { MD5_SIZE = 16 };

/* 0; -ENOSYS where libcrypto does not have it, as in FIPS mode. */
int md5_once(const void *bytes, size_t size, uint8_t sum[MD5_SIZE]);

#endif
