/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads and writes at an offset that go on after a short transfer. Not installed: libhashsect uses it too. */
#ifndef ELFSECT_FILE_IO_H
#define ELFSECT_FILE_IO_H

#include <stdint.h>
#include <time.h>

#include "elfsect.h"

/* Write all of it; 0 or -errno. */
int write_at(int fd, const uint8_t *bytes, uint64_t size, uint64_t offset);

/* Read all of it; 0 or -errno, -EIO at the file's end. */
ELFSECT_API int elfsect_read_at(int fd, uint8_t *bytes, uint64_t size, uint64_t offset);

/*
 * Make sure that a file that was changed is newer than it was: by the clock it may be as old, where that ticks slowly, or
 * older, if the old time lies in the future. Return: 1 if its time had to be set, 0, -errno.
 */
int ensure_newer(int fd, const struct timespec *old);

#endif
