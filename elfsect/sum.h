/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SHA-256, to recognize bytes again. The one place of the library that calls libcrypto. */
#ifndef ELFSECT_SUM_H
#define ELFSECT_SUM_H

#include <stddef.h>
#include <stdint.h>

enum { SUM_BYTES = 32 };

/* A run of bytes. */
struct span {
	const uint8_t *bytes;
	uint64_t size;
};

/* The hash of the spans one after another; 0 or -ENOMEM. */
int sum_spans(const struct span *spans, size_t count, uint8_t sum[SUM_BYTES]);

#endif
