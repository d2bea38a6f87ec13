// SPDX-License-Identifier: LGPL-2.1-or-later
#include "file_io.h"

#include <errno.h>
#include <unistd.h>

static size_t at_most(uint64_t size)
{
	return size < (1u << 30) ? (size_t)size : 1u << 30;
}

int write_at(int fd, const uint8_t *bytes, uint64_t size, uint64_t offset)
{
	while (size) {
		const ssize_t done = pwrite(fd, bytes, at_most(size), (off_t)offset);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return done ? -errno : -EIO;
		bytes += done;
		offset += (uint64_t)done;
		size -= (uint64_t)done;
	}
	return 0;
}

int read_at(int fd, uint8_t *bytes, uint64_t size, uint64_t offset)
{
	while (size) {
		const ssize_t done = pread(fd, bytes, at_most(size), (off_t)offset);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return done ? -errno : -EIO;
		bytes += done;
		offset += (uint64_t)done;
		size -= (uint64_t)done;
	}
	return 0;
}
