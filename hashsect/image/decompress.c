// SPDX-License-Identifier: LGPL-2.1-or-later
/* libarchive as a decompressor: its raw format, and one filter. gzip is left to zlib, see gunzip.c. */
#include "image/decompress.h"

#include <unistd.h>
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

#include "base/error.h"
#include "image/gunzip.h"
#include "image/spool.h"
#include "base/cleanup.h"

/* Design: at most 64 MB of memory, whatever the file. */
enum { HISTORY_MAX = 48 << 20 };

static const struct filter {
	int (*support)(struct archive *archive);
	int code;
} filters[] = {
	[COMPRESSION_XZ] = {archive_read_support_filter_xz, ARCHIVE_FILTER_XZ},
	[COMPRESSION_ZSTD] = {archive_read_support_filter_zstd, ARCHIVE_FILTER_ZSTD},
};

struct decompression {
	enum compression compression;
	const uint8_t *bytes;
	uint64_t size;
	uint64_t max_size;
	uint64_t content_size; /* that it claims; 0: none */
	const char *name;
	struct archive *archive; /* owned by unarchive() */
	int fd;
	uint64_t done; /* bytes written */
};

static int fail(const struct decompression *d, struct elfsect_error *error)
{
	const char *reason = archive_error_string(d->archive);

	return failure(error, archive_errno(d->archive) == ENOMEM ? ENOMEM : EBADMSG, "%s: %s: %s", d->name,
		       compression_name(d->compression), reason ? reason : "it cannot be decompressed");
}

static int too_large(const struct decompression *d, struct elfsect_error *error)
{
	return failure(error, EFBIG, "%s: %s: more than %ju bytes when decompressed (--max-size)", d->name,
		       compression_name(d->compression), (uintmax_t)d->max_size);
}

/*
 * The decompressors take memory for as much history as the file asks for, up to 4 GiB: of that they touch no more than
 * there is content.
 */
static int check_memory(const struct decompression *d, struct elfsect_error *error)
{
	const uint64_t history = framing_history(d->compression, d->bytes, d->size);
	const uint64_t most = d->content_size ? d->content_size : d->max_size;
	const uint64_t needed = history < most ? history : most;

	if (needed <= HISTORY_MAX)
		return 0;
	return failure(error, EFBIG, "%s: %s: decompressing it needs %ju MB of memory, more than %d", d->name,
		       compression_name(d->compression), (uintmax_t)(needed >> 20), HISTORY_MAX >> 20);
}

static int open_archive(struct decompression *d, struct elfsect_error *error)
{
	struct archive_entry *entry;
	const struct filter *filter = &filters[d->compression];

	/* Anything but ARCHIVE_OK: it would run a program instead. */
	if (filter->support(d->archive) != ARCHIVE_OK)
		return failure(error, ENOSYS, "%s: %s: this libarchive was built without it", d->name,
			       compression_name(d->compression));
	if (archive_read_support_format_raw(d->archive) != ARCHIVE_OK ||
	    archive_read_open_memory(d->archive, d->bytes, d->size) != ARCHIVE_OK ||
	    archive_read_next_header(d->archive, &entry) != ARCHIVE_OK)
		return fail(d, error);
	/* The filter, and the file itself. libarchive undoes the same compression several times if it can. */
	if (archive_filter_count(d->archive) != 2 || archive_filter_code(d->archive, 0) != filter->code)
		return failure(error, EBADMSG, "%s: %s: compressed more than once", d->name,
			       compression_name(d->compression));
	return 0;
}

static int take_block(struct decompression *d, const void *block, size_t length, struct elfsect_error *error)
{
	if (length > d->max_size - d->done)
		return too_large(d, error);
	/* Else a false one in front could get around check_memory(). */
	if (d->content_size && length > d->content_size - d->done)
		return failure(error, EBADMSG, "%s: %s: more than it says it holds", d->name,
			       compression_name(d->compression));
	d->done += length;
	return spool_write(d->fd, block, length, d->name, error);
}

static int read_blocks(struct decompression *d, struct elfsect_error *error)
{
	const void *block;
	size_t length;
	la_int64_t offset;
	int ret;

	while ((ret = archive_read_data_block(d->archive, &block, &length, &offset)) == ARCHIVE_OK) {
		if (offset < 0 || (uint64_t)offset != d->done)
			return failure(error, EIO, "%s: libarchive skipped bytes", d->name);
		ret = take_block(d, block, length, error);
		if (ret)
			return ret;
	}
	return ret == ARCHIVE_EOF ? 0 : fail(d, error);
}

/* That nothing of the input was left over. */
static int check_end(const struct decompression *d, struct elfsect_error *error)
{
	const la_int64_t used = archive_filter_bytes(d->archive, -1);

	if (used < 0 || (uint64_t)used != d->size)
		return failure(error, EBADMSG, "%s: %s: bytes after its end", d->name,
			       compression_name(d->compression));
	return 0;
}

static int check_content(int fd, enum compression compression, const char *name, struct elfsect_error *error)
{
	uint8_t head[8];
	const ssize_t got = pread(fd, head, sizeof(head), 0);

	if (got < 0)
		return failure_errno(error, errno, "%s: temporary file", name);
	if (compression_of(head, (uint64_t)got) != COMPRESSION_NONE)
		return failure(error, EBADMSG, "%s: %s: compressed more than once", name,
			       compression_name(compression));
	return 0;
}

static int unarchive(struct decompression *d, struct elfsect_error *error)
{
	int ret;

	d->archive = archive_read_new();
	if (!d->archive)
		return failure_errno(error, ENOMEM, "%s", d->name);
	ret = open_archive(d, error);
	if (!ret)
		ret = read_blocks(d, error);
	if (!ret)
		ret = check_end(d, error);
	archive_read_free(d->archive);
	return ret;
}

int decompress(enum compression compression, const uint8_t *bytes, uint64_t size, uint64_t max_size, const char *name,
	       int *fd, uint64_t *result_size, struct elfsect_error *error)
{
	autoclose int spool = -1;
	struct decompression d = {
		.compression = compression,
		.bytes = bytes,
		.size = size,
		.max_size = max_size,
		.name = name,
	};
	int ret;

	ret = framing_check(compression, bytes, size, name, &d.content_size, error);
	if (!ret && d.content_size > max_size)
		ret = too_large(&d, error);
	if (!ret)
		ret = check_memory(&d, error);
	if (ret)
		return ret;
	spool = spool_open(name, error);
	if (spool < 0)
		return spool;
	d.fd = spool;
	if (compression == COMPRESSION_GZIP)
		ret = gunzip(bytes, size, max_size, name, spool, &d.done, error);
	else
		ret = unarchive(&d, error);
	if (!ret)
		ret = check_content(spool, compression, name, error);
	if (ret)
		return ret;
	*fd = spool;
	spool = -1;
	*result_size = d.done;
	return 0;
}
