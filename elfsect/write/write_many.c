// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Files that are synced together. An fsync() takes milliseconds, two for each of 4000 files half a minute; syncfs()
 * takes as long for all of them as for one. As with single files nothing gets its name before its bytes are on disk.
 */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/options.h"
#include "write/temporary.h"

/* Each has two file descriptors, of the 1024 that a process usually may have. */
enum { FILES_MAX = 128 };

struct elfsect_batch {
	struct elfsect_write_options options;
	struct temporary files[FILES_MAX]; /* complete, and without their names */
	char *paths[FILES_MAX];		   /* owned; what files[].asked points to */
	size_t count;
};

int elfsect_batch_new(const struct elfsect_write_options *options, struct elfsect_batch **batch,
		      struct elfsect_error *error)
{
	struct elfsect_batch *b = calloc(1, sizeof(*b));
	int ret;

	if (!b)
		return failure_errno(error, ENOMEM, "files");
	ret = options_take_or_none(&b->options, sizeof(b->options), options, "elfsect_write_options", error);
	if (ret) {
		free(b);
		return ret;
	}
	*batch = b;
	return 0;
}

static void drop_last(struct elfsect_batch *b)
{
	b->count--;
	temporary_close(&b->files[b->count]);
	free(b->paths[b->count]);
}

/* Each file system that one of the files is on. Since Linux 5.8 syncfs() tells of bytes that could not be written. */
static int sync_all(const struct elfsect_batch *b, const char *what, struct elfsect_error *error)
{
	dev_t synced = 0;

	for (size_t i = 0; i < b->count; i++) {
		const struct temporary *t = &b->files[i];
		struct stat st;

		if (fstat(t->fd, &st))
			return failure_errno(error, errno, "%s", t->asked);
		if (i && st.st_dev == synced)
			continue;
		if (syncfs(t->fd))
			return failure_errno(error, errno, "%s: %s", t->asked, what);
		synced = st.st_dev;
	}
	return 0;
}

int elfsect_batch_finish(struct elfsect_batch *b, struct elfsect_error *error)
{
	int ret = sync_all(b, "syncfs", error);

	for (size_t i = 0; i < b->count && !ret; i++)
		ret = temporary_rename(&b->files[i], error);
	if (!ret)
		ret = sync_all(b, "the new files are in place, but may not survive a crash: syncfs", error);
	while (b->count)
		drop_last(b);
	return ret;
}

int elfsect_batch_add(struct elfsect_batch *b, const char *path, const void *bytes, uint64_t size,
		      struct elfsect_error *error)
{
	struct temporary *t;
	int ret;

	if (b->count == FILES_MAX) {
		ret = elfsect_batch_finish(b, error);
		if (ret)
			return ret;
	}
	t = &b->files[b->count];
	b->paths[b->count] = strdup(path);
	if (!b->paths[b->count])
		return failure_errno(error, ENOMEM, "%s", path);
	ret = temporary_open(t, b->paths[b->count++], 0666, &b->options, error);
	if (!ret) {
		ret = write_at(t->fd, bytes, size, 0);
		if (ret)
			failure_errno(error, -ret, "%s: write", path);
	}
	if (!ret)
		ret = temporary_copy_attributes(t, error);
	if (!ret)
		ret = temporary_seal(t, error);
	if (ret) {
		drop_last(b);
		return ret;
	}
	/* Where files cannot be without a name, a signal handler has to know this one's, and can know one only. */
	return t->name[0] ? elfsect_batch_finish(b, error) : 0;
}

void elfsect_batch_free(struct elfsect_batch *b)
{
	if (!b)
		return;
	while (b->count)
		drop_last(b);
	free(b);
}
