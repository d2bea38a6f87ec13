// SPDX-License-Identifier: LGPL-2.1-or-later
/* How a view begins and ends: the bytes of a file, mapped or borrowed. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/files.h"
#include "elfsect_cleanup.h"
#include "view/parse.h"

static int view_new(const char *name, struct elfsect_view **out, struct elfsect_error *error)
{
	struct elfsect_view *view = calloc(1, sizeof(*view));

	if (view)
		view->name = strdup(name);
	if (!view || !view->name) {
		free(view);
		return failure_errno(error, ENOMEM, "%s", name);
	}
	view->fd = -1;
	*out = view;
	return 0;
}

int elfsect_view_of_memory(const void *bytes, size_t size, const char *name, struct elfsect_view **out,
			   struct elfsect_error *error)
{
	elfsect_autoview struct elfsect_view *view = NULL;
	int ret;

	ret = view_new(name, &view, error);
	if (ret)
		return ret;
	view->bytes = bytes;
	view->size = size;
	ret = view_parse(view, error);
	if (ret)
		return ret;
	*out = steal(view);
	return 0;
}

int elfsect_view_of_fd(int fd, const char *name, struct elfsect_view **out, struct elfsect_error *error)
{
	elfsect_autoview struct elfsect_view *view = NULL;
	void *map;
	int ret;

	ret = view_new(name, &view, error);
	if (ret)
		return ret;
	view->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (view->fd < 0 || fstat(view->fd, &view->stat))
		return failure_errno(error, errno, "%s", name);
	if (!S_ISREG(view->stat.st_mode))
		return failure(error, S_ISDIR(view->stat.st_mode) ? EISDIR : EINVAL, "%s: not a regular file", name);
	view->size = (uint64_t)view->stat.st_size;
	if (!view->size)
		return failure(error, ENOEXEC, "%s: not an ELF file: it is empty", name);
	/* Where addresses have 32 bits: a part of the file would be taken for all of it. */
	if ((size_t)view->size != view->size)
		return failure(error, EFBIG, "%s: 0x%jx bytes: more than this machine can address", name,
			       (uintmax_t)view->size);
	map = mmap(NULL, (size_t)view->size, PROT_READ, MAP_SHARED, view->fd, 0);
	if (map == MAP_FAILED)
		return failure_errno(error, errno, "%s: mmap", name);
	view->bytes = map;
	view->mapped = true;
	ret = view_parse(view, error);
	if (ret)
		return ret;
	*out = steal(view);
	return 0;
}

int elfsect_view_open(const char *path, struct elfsect_view **out, struct elfsect_error *error)
{
	/* O_NONBLOCK: opening a FIFO must not wait for a writer. */
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return failure_errno(error, errno, "%s", path);
	return elfsect_view_of_fd(fd, path, out, error);
}

void elfsect_view_close(struct elfsect_view *view)
{
	if (!view)
		return;
	if (view->mapped)
		munmap((void *)(uintptr_t)view->bytes, view->size);
	if (view->fd >= 0)
		close(view->fd);
	free(view->sections);
	free(view->segments);
	free(view->name);
	free(view);
}

int elfsect_view_read(const struct elfsect_view *view, uint64_t offset, size_t size, void *buffer,
		      const uint8_t **bytes, struct elfsect_error *error)
{
	int ret;

	if (!range_inside(offset, size, view->size))
		return failure(error, EINVAL, "%s: offset 0x%jx: no %zu bytes in the file", view->name,
			       (uintmax_t)offset, size);
	*bytes = view->bytes + offset;
	if (view->fd < 0)
		return 0;
	*bytes = buffer;
	ret = read_at(view->fd, buffer, size, offset);
	if (ret == -EIO && elfsect_view_unchanged(view, error) == -EAGAIN)
		return -EAGAIN;
	return ret ? failure_errno(error, -ret, "%s: offset 0x%jx", view->name, (uintmax_t)offset) : 0;
}

void elfsect_view_release(const struct elfsect_view *view, uint64_t offset, uint64_t size)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	const uint64_t from = (offset + page - 1) / page * page, to = (offset + size) / page * page;

	/* Only of a mapped file do the pages come back with their content. */
	if (view->mapped && from < to && to <= view->size)
		madvise((void *)(uintptr_t)(view->bytes + from), to - from, MADV_DONTNEED);
}

int elfsect_view_unchanged(const struct elfsect_view *view, struct elfsect_error *error)
{
	struct stat now;

	if (view->fd < 0)
		return 0;
	if (fstat(view->fd, &now))
		return failure_errno(error, errno, "%s", view->name);
	if (now.st_size != view->stat.st_size || now.st_mtim.tv_sec != view->stat.st_mtim.tv_sec ||
	    now.st_mtim.tv_nsec != view->stat.st_mtim.tv_nsec)
		return failure(error, EAGAIN, "%s: the file changed while it was being read", view->name);
	return 0;
}
