// SPDX-License-Identifier: GPL-2.0-or-later
#include "attested.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/hash.h"

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
	return 0;
}

int attested_sum(const char *path, uint8_t sha256[32], struct elfsect_error *error)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	autofree uint8_t *block = malloc(BLOCK);
	struct hash *hash = NULL;
	int ret;

	if (fd < 0)
		return failure_errno(error, errno, "%s", path);
	ret = block ? hash_new("sha256", &hash) : -ENOMEM;
	if (!ret)
		ret = hash_begin(hash) ?: add_all(fd, hash, block) ?: hash_end(hash, sha256);
	hash_free(hash);
	return ret ? failure_errno(error, -ret, "%s", path) : 0;
}

int attested_manifest(const char *path, const struct digest_options *options, struct manifest **manifest,
		      struct elfsect_error *error)
{
	struct file_digest file;
	const int ret = file_digest_make(path, options, NULL, &file, error);

	*manifest = NULL;
	if (ret)
		return ret;
	*manifest = file_manifest(&file, file_policy(options, &file), false);
	file_digest_clear(&file);
	return *manifest ? 0 : failure_errno(error, ENOMEM, "%s", path);
}
