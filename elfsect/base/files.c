// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"

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

int write_all(int fd, const void *bytes, uint64_t size)
{
	const uint8_t *p = bytes;

	while (size) {
		const ssize_t done = write(fd, p, at_most(size));

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return done ? -errno : -EIO;
		p += done;
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

int file_start(const char *path, uint8_t *bytes, size_t room, size_t *size, struct elfsect_error *error)
{
	/* O_NONBLOCK: opening a FIFO must not wait for a writer. */
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	int ret;

	*size = 0;
	memset(bytes, 0, room);
	if (fd < 0 || fstat(fd, &st))
		return failure_errno(error, errno, "%s", path);
	if (!S_ISREG(st.st_mode))
		return 0;
	*size = (uint64_t)st.st_size < room ? (size_t)st.st_size : room;
	ret = read_at(fd, bytes, *size, 0);
	return ret ? failure_errno(error, -ret, "%s", path) : 0;
}

/* Room for one byte more than fits shows whether there is more. */
int read_all(int fd, uint64_t limit, uint8_t **bytes, uint64_t *size)
{
	autofree uint8_t *buffer = NULL;
	size_t room = 0, used = 0;
	ssize_t got = 1;

	*bytes = NULL;
	while (got) {
		if (used + 1 >= room) {
			uint8_t *grown = room > SIZE_MAX / 2 ? NULL : realloc(buffer, room ? room * 2 : 1u << 16);

			if (!grown)
				return -ENOMEM;
			room = room ? room * 2 : 1u << 16;
			buffer = grown;
		}
		got = read(fd, buffer + used, at_most(room - used - 1));
		if (got < 0 && errno != EINTR)
			return -errno;
		used += got > 0 ? (size_t)got : 0;
		if (used > limit)
			return -EFBIG;
	}
	buffer[used] = 0;
	*bytes = steal(buffer);
	*size = used;
	return 0;
}

int file_read(const char *path, uint64_t limit, uint8_t **bytes, uint64_t *size, struct elfsect_error *error)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	int ret;

	*bytes = NULL;
	if (fd < 0)
		return failure_errno(error, errno, "%s", path);
	ret = read_all(fd, limit, bytes, size);
	if (ret == -EFBIG)
		return failure(error, EFBIG, "%s: larger than %" PRIu64 " bytes", path, limit);
	return ret ? failure_errno(error, -ret, "%s", path) : 0;
}

int file_read_text(const char *path, uint64_t limit, char **text, struct elfsect_error *error)
{
	autofree uint8_t *bytes = NULL;
	uint64_t size;
	const int ret = file_read(path, limit, &bytes, &size, error);

	*text = NULL;
	if (ret)
		return ret;
	if (memchr(bytes, 0, size))
		return failure(error, EINVAL, "%s: a zero byte in it", path);
	*text = (char *)steal(bytes);
	return 0;
}

static int is_newer(int fd, const struct timespec *old)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	return st.st_mtim.tv_sec != old->tv_sec ? st.st_mtim.tv_sec > old->tv_sec : st.st_mtim.tv_nsec > old->tv_nsec;
}

int ensure_newer(int fd, const struct timespec *old)
{
	/* The second where the file system counts seconds, or two of them. */
	static const struct timespec steps[] = {{0, 1}, {2, 0}};
	int ret = is_newer(fd, old);

	if (ret)
		return ret < 0 ? ret : 0;
	for (size_t i = 0; !ret && i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct timespec times[2] = {{.tv_nsec = UTIME_OMIT},
					    {old->tv_sec + steps[i].tv_sec, old->tv_nsec + steps[i].tv_nsec}};

		if (times[1].tv_nsec > 999999999)
			times[1] = (struct timespec){times[1].tv_sec + 1, 0};
		/* A file system that does not let times be set cannot be helped. */
		if (futimens(fd, times))
			return errno == EPERM || errno == ENOTSUP ? 0 : -errno;
		ret = is_newer(fd, old);
	}
	return ret;
}
