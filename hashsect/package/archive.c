// SPDX-License-Identifier: LGPL-2.1-or-later
#include "package/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "image/spool.h"

enum { BLOCK = 1 << 16 };

struct walk {
	const char *path; /* of the package, for messages */
	archive_visit *visit;
	void *context;
	uint64_t members, total;
};

/* A package that is read from another: what libarchive asks for, block by block. */
struct inner {
	struct archive *outer;
	const char *path;
};

static int damaged(struct archive *a, const struct walk *w, struct elfsect_error *error)
{
	const char *reason = archive_error_string(a);

	return failure(error, archive_errno(a) == ENOMEM ? ENOMEM : EBADMSG, "%s: package: %s", w->path,
		       reason ? reason : "damaged");
}

/* ------------------------------------------------------------------------------------------------------------- kinds
 */

static bool has_ending(const char *path, const char *ending)
{
	const size_t length = strlen(path), size = strlen(ending);

	return length > size && !strcmp(path + length - size, ending);
}

bool archive_is_package(const char *path)
{
	static const char *const endings[] = {".tar",	  ".tar.gz", ".tar.xz", ".tar.zst", ".tar.bz2",
					      ".tar.lz4", ".tgz",    ".cpio",	".iso"};
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char start[16] = "";
	struct stat st;

	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) || read(fd, start, sizeof(start)) != sizeof(start))
		return false;
	if (!memcmp(start, "!<arch>\ndebian", 14) || !memcmp(start, "\xed\xab\xee\xdb", 4))
		return true;
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (has_ending(path, endings[i]))
			return true;
	return false;
}

static struct archive *new_reader(void)
{
	struct archive *a = archive_read_new();

	if (!a)
		return NULL;
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_lzma(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_filter_lz4(a);
	archive_read_support_filter_rpm(a);
	archive_read_support_format_tar(a);
	archive_read_support_format_cpio(a);
	archive_read_support_format_iso9660(a);
	archive_read_support_format_ar(a);
	return a;
}

/* ----------------------------------------------------------------------------------------------------------- members
 */

/* The bytes of a member into a temporary file. */
static int spool_member(struct archive *a, struct walk *w, const char *name, int fd, uint64_t *size,
			struct elfsect_error *error)
{
	static __thread uint8_t block[BLOCK];
	la_ssize_t got;
	int ret = 0;

	for (*size = 0; !ret && (got = archive_read_data(a, block, sizeof(block))) > 0; *size += (uint64_t)got) {
		w->total += (uint64_t)got;
		if (*size + (uint64_t)got > ARCHIVE_FILE_MAX || w->total > ARCHIVE_TOTAL_MAX)
			return failure(error, EFBIG, "%s: %s: more than can be read from a package", w->path, name);
		ret = spool_write(fd, block, (uint64_t)got, name, error);
	}
	if (!ret && got < 0)
		return damaged(a, w, error);
	return ret;
}

static const char *plain_name(const char *name)
{
	while (!strncmp(name, "./", 2) || *name == '/')
		name += *name == '/' ? 1 : 2;
	return name;
}

static int take_member(struct archive *a, struct archive_entry *entry, struct walk *w, struct elfsect_error *error)
{
	const char *name = archive_entry_pathname(entry);
	struct archive_member member;
	autoclose int fd = -1;
	int ret;

	if (++w->members > ARCHIVE_MEMBERS_MAX)
		return failure(error, EFBIG, "%s: package: more than %d members", w->path, ARCHIVE_MEMBERS_MAX);
	if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry))
		return 0;
	if (!name || !*plain_name(name) || strlen(name) > ARCHIVE_NAME_MAX)
		return failure(error, EBADMSG, "%s: package: a member without a name, or with one that is too long",
			       w->path);
	fd = spool_open(w->path, error);
	if (fd < 0)
		return fd;
	member = (struct archive_member){plain_name(name), fd, 0};
	ret = spool_member(a, w, member.name, fd, &member.size, error);
	if (!ret && lseek(fd, 0, SEEK_SET) < 0)
		ret = failure_errno(error, errno, "%s", w->path);
	return ret ? ret : w->visit(&member, w->context, error);
}

/* ------------------------------------------------------------------------------------------------------------ nested
 */

static la_ssize_t read_outer(struct archive *a, void *context, const void **bytes)
{
	static __thread uint8_t block[BLOCK];
	struct inner *inner = context;
	const la_ssize_t got = archive_read_data(inner->outer, block, sizeof(block));

	*bytes = block;
	if (got < 0)
		archive_set_error(a, EBADMSG, "%s", archive_error_string(inner->outer));
	return got;
}

static int take_all(struct archive *a, struct walk *w, struct elfsect_error *error)
{
	struct archive_entry *entry;
	int ret = 0, got = ARCHIVE_OK;

	while (!ret && ((got = archive_read_next_header(a, &entry)) == ARCHIVE_OK || got == ARCHIVE_WARN))
		ret = take_member(a, entry, w, error);
	return !ret && got != ARCHIVE_EOF ? damaged(a, w, error) : ret;
}

/* data.tar.xz in a .deb. */
static int take_inner(struct archive *outer, struct walk *w, struct elfsect_error *error)
{
	struct inner inner = {outer, w->path};
	struct archive *a = new_reader();
	int ret;

	if (!a)
		return failure_errno(error, ENOMEM, "%s", w->path);
	ret = archive_read_open(a, &inner, NULL, read_outer, NULL) == ARCHIVE_OK ? take_all(a, w, error)
										 : damaged(a, w, error);
	archive_read_free(a);
	return ret;
}

/* debian-binary, control.tar.*, data.tar.*, in this order. */
static int take_deb(struct archive *a, struct archive_entry *entry, struct walk *w, struct elfsect_error *error)
{
	bool has_data = false;
	int ret = 0, got = ARCHIVE_OK;

	while (!ret && (got == ARCHIVE_OK || got == ARCHIVE_WARN)) {
		const char *name = archive_entry_pathname(entry);

		if (name && !strncmp(name, "data.tar", 8)) {
			ret = has_data ? failure(error, EBADMSG, "%s: package: two data archives", w->path)
				       : take_inner(a, w, error);
			has_data = true;
		}
		if (!ret)
			got = archive_read_next_header(a, &entry);
	}
	if (!ret && got != ARCHIVE_EOF)
		return damaged(a, w, error);
	return ret || has_data ? ret : failure(error, EBADMSG, "%s: package: no data archive in it", w->path);
}

/* What begins as a .deb does is one; what else is an ar archive is taken as it is. */
static int take_package(struct archive *a, struct walk *w, struct elfsect_error *error)
{
	struct archive_entry *entry;
	const int got = archive_read_next_header(a, &entry);
	const char *name;
	int ret;

	if (got == ARCHIVE_EOF)
		return 0;
	if (got != ARCHIVE_OK && got != ARCHIVE_WARN)
		return damaged(a, w, error);
	name = archive_entry_pathname(entry);
	if ((archive_format(a) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_AR && name &&
	    !strcmp(name, "debian-binary"))
		return take_deb(a, entry, w, error);
	ret = take_member(a, entry, w, error);
	return ret ? ret : take_all(a, w, error);
}

int archive_visit_files(const char *path, archive_visit *visit, void *context, struct elfsect_error *error)
{
	struct walk w = {.path = path, .visit = visit, .context = context};
	struct archive *a = new_reader();
	int ret;

	if (!a)
		return failure_errno(error, ENOMEM, "%s", path);
	ret = archive_read_open_filename(a, path, BLOCK) == ARCHIVE_OK ? take_package(a, &w, error)
								       : damaged(a, &w, error);
	archive_read_free(a);
	return ret;
}
