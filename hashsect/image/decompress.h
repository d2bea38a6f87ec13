/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HASHSECT_DECOMPRESS_H
#define HASHSECT_DECOMPRESS_H

#include "image/framing.h"

/**
 * decompress() - undo one compression into an unlinked temporary file
 * @max_size: the most that the result may have, in bytes
 * @fd: receives the descriptor of the file; the caller closes it
 * @result_size: its length
 *
 * Return: 0; -EBADMSG if the bytes are not one whole compressed stream; -EFBIG beyond @max_size; -errno.
 */
ELFSECT_MUST_CHECK int decompress(enum compression compression, const uint8_t *bytes, uint64_t size, uint64_t max_size,
				  const char *name, int *fd, uint64_t *result_size, struct elfsect_error *error);

#endif
