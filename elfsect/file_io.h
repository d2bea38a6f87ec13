/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads and writes at an offset that go on after a short transfer. */
#ifndef ELFSECT_FILE_IO_H
#define ELFSECT_FILE_IO_H

#include <stdint.h>

/* Write all of it; 0 or -errno. */
int write_at(int fd, const uint8_t *bytes, uint64_t size, uint64_t offset);

/* Read all of it; 0 or -errno, -EIO at the file's end. */
int read_at(int fd, uint8_t *bytes, uint64_t size, uint64_t offset);

#endif
