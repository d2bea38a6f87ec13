/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * SHA-256 of several messages at once, in the lanes of wide registers, where the build has Intel's libipsec-mb and the
 * processor AVX-512: with fewer lanes the SHA instructions that libcrypto uses are faster. Only digest/batch.c calls
 * this.
 */
#ifndef HASHSECT_LANES_H
#define HASHSECT_LANES_H

#include "base/hash.h"

/*
 * LANES_MAX messages are hashed in the time of one; below LANES_LEAST they are done sooner one by one. The library
 * takes up to LANES_MESSAGE_MAX bytes of each.
 */
enum { LANES_MAX = 16, LANES_LEAST = 8, LANES_MESSAGE_MAX = 65534 };

struct lanes; /* not shared between threads */

/** lanes_new() - ready for use, or NULL: not on this machine, not in this build, not wanted (HASHSECT_SHA256) */
struct lanes *lanes_new(void);
void lanes_free(struct lanes *lanes);

/**
 * lanes_sha256() - the hashes of up to LANES_MAX messages of up to LANES_MESSAGE_MAX bytes
 * @out: receives @count times SHA256_SIZE bytes
 *
 * Return: 0, or -EIO.
 */
int lanes_sha256(struct lanes *lanes, const struct span *messages, size_t count, uint8_t *out);

#endif
