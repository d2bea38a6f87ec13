// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modules/module.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/files.h"
#include "base/cleanup.h"

/* Most modules are small, and reading them into the same pages again is cheaper than a mapping for each. */
enum { READ_MAX = 1 << 20 };

static void forget(struct module_file *m)
{
	if (m->map)
		munmap(m->map, m->map_size);
	image_close(m->image);
	m->map = NULL;
	m->image = NULL;
	m->bytes = NULL;
	m->size = m->body_size = 0;
	m->was_compressed = false;
}

void module_file_clear(struct module_file *m)
{
	forget(m);
	free(m->room);
	*m = (struct module_file){0};
}

static int read_small(struct module_file *m, int fd, size_t size, const char *shown, struct elfsect_error *error)
{
	int ret;

	if (!m->room) {
		m->room = malloc(READ_MAX);
		if (!m->room)
			return failure_errno(error, ENOMEM, "%s", shown);
	}
	ret = read_at(fd, m->room, size, 0);
	if (ret)
		return failure_errno(error, -ret, "%s", shown);
	m->bytes = m->room;
	return 0;
}

static int map_large(struct module_file *m, int fd, size_t size, const char *shown, struct elfsect_error *error)
{
	void *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

	if (map == MAP_FAILED)
		return failure_errno(error, errno, "%s", shown);
	madvise(map, size, MADV_SEQUENTIAL);
	m->map = map;
	m->map_size = size;
	m->bytes = map;
	return 0;
}

bool module_is_compressed(const uint8_t *bytes, uint64_t size)
{
	static const uint8_t gzip[] = {0x1f, 0x8b}, zstd[] = {0x28, 0xb5, 0x2f, 0xfd};
	static const uint8_t xz[] = {0xfd, '7', 'z', 'X', 'Z', 0};

	return (size >= sizeof(gzip) && !memcmp(bytes, gzip, sizeof(gzip))) ||
	       (size >= sizeof(zstd) && !memcmp(bytes, zstd, sizeof(zstd))) ||
	       (size >= sizeof(xz) && !memcmp(bytes, xz, sizeof(xz)));
}

/* Of a compressed file or of standard input. */
static int read_image(struct module_file *m, const char *shown, struct elfsect_error *error)
{
	const struct image_options options = {.keep_trailers = true};
	int ret;

	forget(m);
	ret = image_open(shown, &options, &m->image, error);
	if (ret)
		return ret;
	m->bytes = image_bytes(m->image, &m->size);
	m->body_size = m->size;
	m->was_compressed = image_is_compressed(m->image);
	return m->size ? 0 : failure(error, EBADMSG, "%s: no bytes in it", shown);
}

int module_file_read(struct module_file *m, int folder_fd, const char *name, const char *shown,
		     struct elfsect_error *error)
{
	autoclose int fd = -1;
	struct stat st;
	size_t size;
	int ret;

	forget(m);
	if (folder_fd == AT_FDCWD && !strcmp(name, "-"))
		return read_image(m, name, error);
	fd = openat(folder_fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st))
		return failure_errno(error, errno, "%s", shown);
	if (!S_ISREG(st.st_mode))
		return failure(error, EINVAL, "%s: not a regular file", shown);
	size = (size_t)st.st_size;
	if (!size)
		return failure(error, EBADMSG, "%s: the file is empty", shown);
	ret = size <= READ_MAX ? read_small(m, fd, size, shown, error) : map_large(m, fd, size, shown, error);
	if (ret)
		return ret;
	m->size = m->body_size = size;
	return module_is_compressed(m->bytes, size) ? read_image(m, shown, error) : 0;
}

/* ------------------------------------------------------------------------------------------------------- trailers */

int module_file_peel(struct module_file *m, int folder_fd, const char *name, const char *shown,
		     struct elfsect_error *error)
{
	struct module_trailer t;
	int ret = module_file_read(m, folder_fd, name, shown, error);

	if (ret)
		return ret;
	do {
		ret = module_trailer_parse(m->bytes, m->body_size, shown, &t, error);
		if (ret)
			return ret;
		if (t.kind == TRAILER_PKCS7 || t.kind == TRAILER_MERKLE)
			m->body_size = t.content_size;
	} while (t.kind == TRAILER_PKCS7 || t.kind == TRAILER_MERKLE);
	return 0;
}
