// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image/spool.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"

const char *spool_folder(void)
{
	const char *named = getenv("TMPDIR");

	return named && *named ? named : "/tmp";
}

/* For file systems without O_TMPFILE. */
static int open_and_unlink(void)
{
	char path[PATH_MAX];
	int fd;

	if (snprintf(path, sizeof(path), "%s/hashsect-XXXXXX", spool_folder()) >= (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

int spool_open(const char *name, struct elfsect_error *error)
{
	int fd = open(spool_folder(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR))
		fd = open_and_unlink();
	return fd < 0 ? failure_errno(error, errno, "%s: temporary file in %s", name, spool_folder()) : fd;
}

int spool_write(int fd, const void *bytes, uint64_t size, const char *name, struct elfsect_error *error)
{
	const int ret = write_all(fd, bytes, size);

	return ret ? failure_errno(error, -ret, "%s: temporary file in %s", name, spool_folder()) : 0;
}

int spool_copy(int fd, int from, const char *name, struct elfsect_error *error)
{
	uint8_t buffer[65536];
	ssize_t got;

	while ((got = read(from, buffer, sizeof(buffer))) != 0) {
		int ret;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return failure_errno(error, errno, "%s", name);
		ret = spool_write(fd, buffer, (uint64_t)got, name, error);
		if (ret)
			return ret;
	}
	return 0;
}

int spool_map(int fd, uint64_t size, const char *name, void **address, struct elfsect_error *error)
{
	void *map;

	*address = NULL;
	if (!size)
		return 0;
	if ((size_t)size != size)
		return failure(error, EFBIG, "%s: 0x%jx bytes: more than this machine can address", name,
			       (uintmax_t)size);
	map = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return failure_errno(error, errno, "%s: mmap", name);
	*address = map;
	return 0;
}

/* Blocks are reserved first: a write to a mapping of a full disk would be a signal. */
int spool_room(int fd, uint64_t size, const char *name, void **room, struct elfsect_error *error)
{
	int ret;

	if (!size || size > SIZE_MAX / 2)
		return failure(error, EFBIG, "%s: %ju bytes: no size for a temporary file", name, (uintmax_t)size);
	ret = posix_fallocate(fd, 0, (off_t)size);
	if (ret)
		return failure_errno(error, ret, "%s: temporary file in %s", name, spool_folder());
	*room = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (*room == MAP_FAILED)
		return failure_errno(error, errno, "%s: mmap", name);
	return 0;
}

void spool_room_end(void *room, uint64_t size)
{
	munmap(room, (size_t)size);
}
