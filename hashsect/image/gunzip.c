// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * One gzip member. libarchive reads several in a row as one, and does not look at their checksums; zlib stops at the
 * end of the first, whose checksum and length it has then compared.
 */
#include "image/gunzip.h"

#include <errno.h>
#include <limits.h>
#include <zlib.h>

#include "base/error.h"
#include "image/spool.h"

enum { WINDOW_BITS = 15, GZIP_ONLY = 16, BUFFER = 1 << 16, INPUT_MAX = 1 << 30 };

static int refuse(const char *name, const char *reason, struct elfsect_error *error)
{
	return failure(error, EBADMSG, "%s: gzip: %s", name, reason);
}

static int fail(const char *name, int ret, struct elfsect_error *error)
{
	if (ret == Z_MEM_ERROR)
		return failure_errno(error, ENOMEM, "%s: gzip", name);
	return refuse(name,
		      ret == Z_BUF_ERROR ? "the file is cut off" : "the compressed data or their checksum are wrong",
		      error);
}

/* zlib counts in 32 bits. */
static void feed(z_stream *z, const uint8_t **next, uint64_t *left)
{
	const uint64_t some = *left < INPUT_MAX ? *left : INPUT_MAX;

	if (z->avail_in)
		return;
	z->next_in = (Bytef *)(uintptr_t)*next;
	z->avail_in = (uInt)some;
	*next += some;
	*left -= some;
}

static int inflate_member(z_stream *z, const uint8_t *bytes, uint64_t size, uint64_t max_size, const char *name, int fd,
			  uint64_t *done, struct elfsect_error *error)
{
	uint8_t buffer[BUFFER];
	int ret = Z_OK;

	while (ret == Z_OK) {
		uint64_t got;
		int written;

		feed(z, &bytes, &size);
		z->next_out = buffer;
		z->avail_out = sizeof(buffer);
		ret = inflate(z, Z_NO_FLUSH);
		if (ret != Z_OK && ret != Z_STREAM_END)
			return fail(name, ret, error);
		got = sizeof(buffer) - z->avail_out;
		if (got > max_size - *done)
			return failure(error, EFBIG, "%s: gzip: more than %ju bytes when decompressed (--max-size)",
				       name, (uintmax_t)max_size);
		*done += got;
		written = spool_write(fd, buffer, got, name, error);
		if (written)
			return written;
	}
	if (z->avail_in || size)
		return refuse(name, "bytes after its end", error);
	return 0;
}

int gunzip(const uint8_t *bytes, uint64_t size, uint64_t max_size, const char *name, int fd, uint64_t *done,
	   struct elfsect_error *error)
{
	z_stream z = {0};
	int ret;

	*done = 0;
	if (inflateInit2(&z, WINDOW_BITS + GZIP_ONLY) != Z_OK)
		return failure_errno(error, ENOMEM, "%s: gzip", name);
	ret = inflate_member(&z, bytes, size, max_size, name, fd, done, error);
	inflateEnd(&z);
	return ret;
}
