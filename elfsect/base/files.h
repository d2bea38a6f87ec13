/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading and writing files: transfers that go on after a short one, whole files, and times that must move forward. */
#ifndef ELFSECT_BASE_FILES_H
#define ELFSECT_BASE_FILES_H

#include <stdint.h>
#include <time.h>

#include "elfsect.h"

/** write_at() - write all @size bytes at @offset; 0 or -errno */
int write_at(int fd, const uint8_t *bytes, uint64_t size, uint64_t offset);

/** write_all() - write all @size bytes at the descriptor's position; 0 or -errno */
int write_all(int fd, const void *bytes, uint64_t size);

/** read_at() - read all @size bytes at @offset; 0 or -errno, -EIO at the file's end */
int read_at(int fd, uint8_t *bytes, uint64_t size, uint64_t offset);

/**
 * file_start() - the first bytes of a regular file
 * @bytes: receives them; what the file does not have is zero
 * @size: how many there were, at most @room; 0 of what is no regular file
 *
 * Return: 0, or -errno of open(), fstat() or pread(); the error names the path.
 */
int file_start(const char *path, uint8_t *bytes, size_t room, size_t *size, struct elfsect_error *error);

/**
 * read_all() - read a descriptor to its end: a file, a pipe, a terminal
 * @limit: the most bytes that are taken
 * @bytes: receives them, with a zero byte behind the last; the caller frees them; NULL on failure
 *
 * Return: 0; -EFBIG if there is more than @limit; -ENOMEM; -errno of read().
 */
int read_all(int fd, uint64_t limit, uint8_t **bytes, uint64_t *size);

/**
 * file_read() - read_all() of a path
 *
 * Return: as read_all(), or -errno of open(); the error names the path.
 */
int file_read(const char *path, uint64_t limit, uint8_t **bytes, uint64_t *size, struct elfsect_error *error);

/**
 * file_read_text() - file_read() of text, in which a zero byte is an error
 * @text: receives it; the caller frees it
 *
 * Return: as file_read(), or -EINVAL.
 */
int file_read_text(const char *path, uint64_t limit, char **text, struct elfsect_error *error);

/**
 * ensure_newer() - make sure that a file that was changed is newer than it was
 *
 * By the clock it may be as old, where that ticks slowly, or older, if the old time lies in the future.
 *
 * Return: 1 if its time had to be set, 0, -errno.
 */
int ensure_newer(int fd, const struct timespec *old);

#endif
