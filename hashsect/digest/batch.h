/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many hashes of short messages: leaves. One after another, or several at once where that is faster. */
#ifndef HASHSECT_BATCH_H
#define HASHSECT_BATCH_H

#include "base/hash.h"

struct batch; /* not shared between threads */

/* 0, -EINVAL for a name that is not one of FORMAT.md section 1, -ENOMEM, -ENOSYS. */
int batch_new(const char *hash_name, struct batch **out);
void batch_free(struct batch *batch);

/* How many messages it does best at a time; 1: nothing is gained by more. */
size_t batch_best(struct batch *batch);

/* The hashes of messages of up to 65534 bytes each, one after another in out; 0 or -errno. */
int batch_hash(struct batch *batch, const struct span *messages, size_t count, uint8_t *out);

/* The hash of bytes that follow a prefix of one byte, where they are; 0 or -errno. */
int batch_hash_in_place(struct batch *batch, uint8_t prefix, struct span bytes, uint8_t *out);

#endif
