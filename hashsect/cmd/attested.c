// SPDX-License-Identifier: GPL-2.0-or-later
#include "attested.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/hash.h"
#include "store/folder.h"

enum { BLOCK = 1 << 17 };

static int add_all(int fd, struct hash *hash, uint8_t *block)
{
	ssize_t got;

	while ((got = read(fd, block, BLOCK)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (hash_add(hash, block, (size_t)got))
			return -ENOMEM;
	}
	return lseek(fd, 0, SEEK_SET) ? -errno : 0;
}

static int hash_file(struct attested *file, struct elfsect_error *error)
{
	autofree uint8_t *block = malloc(BLOCK);
	struct hash *hash = NULL;
	int ret = block ? hash_new("sha256", &hash) : -ENOMEM;

	if (!ret)
		ret = hash_begin(hash) ?: add_all(file->fd, hash, block) ?: hash_end(hash, file->sha256);
	hash_free(hash);
	return ret ? failure_errno(error, -ret, "%s", file->path) : 0;
}

int attested_open(const char *path, struct attested *file, struct elfsect_error *error)
{
	/* O_NONBLOCK: opening a FIFO must not wait for a writer. */
	*file = (struct attested){.path = path, .fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
	if (file->fd < 0 || fstat(file->fd, &file->stat))
		return failure_errno(error, errno, "%s", path);
	if (!S_ISREG(file->stat.st_mode))
		return failure(error, S_ISDIR(file->stat.st_mode) ? EISDIR : EINVAL, "%s: not a regular file", path);
	return hash_file(file, error);
}

void attested_close(struct attested *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
}

static int unchanged(const struct attested *file, struct elfsect_error *error)
{
	const struct stat *then = &file->stat;
	struct stat now;

	if (fstat(file->fd, &now))
		return failure_errno(error, errno, "%s", file->path);
	if (now.st_size != then->st_size || now.st_mtim.tv_sec != then->st_mtim.tv_sec ||
	    now.st_mtim.tv_nsec != then->st_mtim.tv_nsec)
		return failure(error, EAGAIN, "%s: the file changed while it was being read", file->path);
	return 0;
}

int attested_manifest(const struct attested *file, const struct digest_options *options, struct manifest **manifest,
		      struct elfsect_error *error)
{
	const struct image_options image_options = {.max_size = options->max_size};
	struct file_digest digest;
	struct image *image;
	int ret = image_open_fd(file->fd, file->path, &image_options, &image, error);

	*manifest = NULL;
	if (!ret)
		ret = file_digest_of(image, options, &digest, error);
	if (ret)
		return ret;
	ret = unchanged(file, error);
	if (!ret) {
		*manifest = file_manifest(&digest, file_policy(options, &digest), false);
		ret = *manifest ? 0 : failure_errno(error, ENOMEM, "%s", file->path);
	}
	file_digest_clear(&digest);
	return ret;
}

int attested_store(const char *store, uint8_t sha256[32], struct elfsect_error *error)
{
	autofree char *path = NULL;
	struct attested index = {.fd = -1};
	struct store *opened;
	int ret = store_open(store, &opened, error);

	if (ret)
		return ret;
	store_close(opened);
	if (asprintf(&path, "%s/index.json", store) < 0) {
		path = NULL;
		return failure_errno(error, ENOMEM, "%s", store);
	}
	ret = attested_open(path, &index, error);
	if (!ret)
		memcpy(sha256, index.sha256, sizeof(index.sha256));
	attested_close(&index);
	return ret;
}

const char *attested_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}
