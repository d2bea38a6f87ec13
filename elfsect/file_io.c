// SPDX-License-Identifier: LGPL-2.1-or-later
#include "file_io.h"

#include <errno.h>
#include <sys/stat.h>
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

int elfsect_read_at(int fd, uint8_t *bytes, uint64_t size, uint64_t offset)
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
		if (futimens(fd, times))
			return -errno;
		ret = is_newer(fd, old);
	}
	return ret ? ret : -EINVAL;
}
