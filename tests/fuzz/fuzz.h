/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What fuzz targets share. Each target is one file with LLVMFuzzerTestOneInput(). */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A path under which a reader finds these bytes, until the next call; in memory. */
const char *fuzz_file(const uint8_t *data, size_t size);

/* Whatever a reader says is fine, if it says it. */
static inline void fuzz_any(int result)
{
	(void)result;
}

/* Ends the run where a result contradicts itself, as a sanitizer would. */
void fuzz_require(int is_so, const char *what);

#endif
