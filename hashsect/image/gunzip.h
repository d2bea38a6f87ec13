/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HASHSECT_GUNZIP_H
#define HASHSECT_GUNZIP_H

#include <stdint.h>

#include "elfsect.h"

/**
 * gunzip() - decompress a file that is one gzip member (RFC 1952) from its first byte to its last
 * @max_size: the most bytes that it may become
 * @name: for messages
 * @fd: where the content is appended to
 * @done: receives its size
 *
 * Return: 0; -EBADMSG for anything else than one sound member; -EFBIG; -ENOMEM; -errno of the write that failed.
 */
ELFSECT_MUST_CHECK int gunzip(const uint8_t *bytes, uint64_t size, uint64_t max_size, const char *name, int fd,
			      uint64_t *done, struct elfsect_error *error);

#endif
