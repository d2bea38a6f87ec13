/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The outer framing of compressed files: what they are by their first bytes, and that they are one compressed stream,
 * whole, and nothing else. What decompresses would accept several of them, or bytes behind them; other readers take the
 * first only.
 */
#ifndef HASHSECT_FRAMING_H
#define HASHSECT_FRAMING_H

#include <stdint.h>

#include "elfsect.h"

enum compression { COMPRESSION_NONE, COMPRESSION_GZIP, COMPRESSION_XZ, COMPRESSION_ZSTD };

/** compression_of() - by the first bytes */
enum compression compression_of(const uint8_t *bytes, uint64_t size);

/** compression_name() - "gzip", "xz", "zstd" */
const char *compression_name(enum compression compression);

/**
 * framing_check() - refuse what is not one stream (xz), frame (zstd) or member (gzip) from the first byte to the last
 *
 * @content_size: receives what the bytes say of the size of their content; 0 if they say nothing. It need not be true.
 *
 * Of gzip, which has no lengths in front, only the header is looked at: gunzip() finds the end.
 *
 * Return: 0; -EBADMSG.
 */
ELFSECT_MUST_CHECK int framing_check(enum compression compression, const uint8_t *bytes, uint64_t size,
				     const char *name, uint64_t *content_size, struct elfsect_error *error);

/**
 * framing_history() - the bytes of content that a decompressor has to keep in memory: dictionary (xz), window (zstd)
 *
 * Never more than the content; UINT64_MAX: all of it. For what framing_check() has accepted.
 */
uint64_t framing_history(enum compression compression, const uint8_t *bytes, uint64_t size);

#endif
