/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Temporary files without a name: bytes that have to be mapped, and would be too many for memory. */
#ifndef HASHSECT_IMAGE_SPOOL_H
#define HASHSECT_IMAGE_SPOOL_H

#include <stdint.h>

#include "elfsect.h"

/** spool_folder() - where temporary files are made: $TMPDIR, or /tmp */
const char *spool_folder(void);

/** spool_open() - an empty file in that folder; returns the descriptor or -errno. @name: whose bytes, for messages
 */
ELFSECT_MUST_CHECK int spool_open(const char *name, struct elfsect_error *error);

/** spool_write() - append bytes; returns 0 or -errno */
ELFSECT_MUST_CHECK int spool_write(int fd, const void *bytes, uint64_t size, const char *name,
				   struct elfsect_error *error);

/** spool_copy() - append all that can be read from a descriptor */
ELFSECT_MUST_CHECK int spool_copy(int fd, int from, const char *name, struct elfsect_error *error);

/**
 * spool_map() - map a file, which need not be a temporary one, for reading
 * @address: receives where; NULL if @size is 0: an empty mapping is not possible
 *
 * Return: 0 or -errno.
 */
ELFSECT_MUST_CHECK int spool_map(int fd, uint64_t size, const char *name, void **address, struct elfsect_error *error);

/**
 * spool_room() - make a file @size bytes long and lend them for writing; spool_room_end() gives them back
 *
 * Return: 0; -EFBIG; -errno.
 */
ELFSECT_MUST_CHECK int spool_room(int fd, uint64_t size, const char *name, void **room, struct elfsect_error *error);
void spool_room_end(void *room, uint64_t size);

#endif
