// SPDX-License-Identifier: LGPL-2.1-or-later
#include "package/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/files.h"
#include "base/error.h"
#include "base/text.h"
#include "image/spool.h"
#include "package/rpm.h"

enum { BLOCK = 1 << 16 };

#define CONTROL_PREFIX "DEBIAN/"
#define DEB_PREFIX     "deb:"
#define RPM_PREFIX     "rpm:"

struct walk {
	const char *path; /* of the package, for messages */
	archive_visit_item *visit;
	void *context;
	uint64_t members, total;
};

/* Of one member, under way. */
struct archive_content {
	struct archive *archive;
	struct walk *walk;
	const char *name;
	const uint8_t *memory; /* all of it, in place of an archive; NULL: it is read, or was */
	uint64_t memory_size;
	uint64_t size; /* that was read */
	uint8_t block[BLOCK];
};

/* A package that is read from another: what libarchive asks for, block by block. */
struct inner {
	struct archive *outer;
	const char *path;
	uint8_t block[BLOCK];
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

int archive_is_package(const char *path, bool *is, struct elfsect_error *error)
{
	static const char *const endings[] = {".tar",	  ".tar.gz", ".tar.xz", ".tar.zst", ".tar.bz2",
					      ".tar.lz4", ".tgz",    ".cpio",	".iso"};
	uint8_t start[16];
	size_t size;
	const int ret = file_start(path, start, sizeof(start), &size, error);

	*is = !ret && size == sizeof(start) &&
	      (!memcmp(start, "!<arch>\ndebian", 14) || !memcmp(start, "\xed\xab\xee\xdb", 4));
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]) && size == sizeof(start); i++)
		*is |= has_ending(path, endings[i]);
	return ret;
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

ssize_t archive_content_read(struct archive_content *c, const uint8_t **bytes, struct elfsect_error *error)
{
	la_ssize_t got;

	if (!c->archive) {
		*bytes = steal(c->memory);
		return *bytes ? (ssize_t)c->memory_size : 0;
	}
	got = archive_read_data(c->archive, c->block, sizeof(c->block));
	*bytes = c->block;
	if (got < 0)
		return damaged(c->archive, c->walk, error);
	c->size += (uint64_t)got;
	c->walk->total += (uint64_t)got;
	if (c->size > ARCHIVE_FILE_MAX || c->walk->total > ARCHIVE_TOTAL_MAX)
		return failure(error, EFBIG, "%s: %s: more than can be read from a package", c->walk->path, c->name);
	return got;
}

static const char *plain_start(const char *name)
{
	while (!strncmp(name, "./", 2) || *name == '/')
		name += *name == '/' ? 1 : 2;
	return name;
}

/* In memory of its own; NULL: no memory. */
static char *plain_name(const char *prefix, const char *name)
{
	const char *start = plain_start(name);
	size_t length = strlen(start);
	char *plain;

	while (length && start[length - 1] == '/')
		length--;
	/* The root: of the package, or of what describes it. */
	if (!length && *prefix)
		return strndup(prefix, strlen(prefix) - 1);
	if (!length) {
		start = ".";
		length = 1;
	}
	return asprintf(&plain, "%s%.*s", prefix, (int)length, start) < 0 ? NULL : plain;
}

/* A file of this name could pass for what describes a package. */
static bool is_reserved(const char *plain)
{
	return text_begins(plain, CONTROL_PREFIX) || text_begins(plain, DEB_PREFIX) || text_begins(plain, RPM_PREFIX);
}

static enum archive_item_type type_of(struct archive_entry *entry)
{
	if (archive_entry_hardlink(entry))
		return ARCHIVE_HARDLINK;
	switch (archive_entry_filetype(entry)) {
	case AE_IFREG:
	case 0: /* an ar archive that says nothing of it */
		return ARCHIVE_FILE;
	case AE_IFDIR:
		return ARCHIVE_FOLDER;
	case AE_IFLNK:
		return ARCHIVE_SYMLINK;
	case AE_IFBLK:
	case AE_IFCHR:
		return ARCHIVE_DEVICE;
	default:
		return ARCHIVE_OTHER;
	}
}

static int visit_item(struct archive *a, struct archive_entry *entry, struct archive_item *item, struct walk *w,
		      struct elfsect_error *error)
{
	autofree struct archive_content *content = malloc(sizeof(*content));

	if (!content)
		return failure_errno(error, ENOMEM, "%s", w->path);
	content->archive = a;
	content->walk = w;
	content->name = item->name;
	content->memory = NULL;
	content->size = 0;
	item->mode = (unsigned int)archive_entry_perm(entry);
	item->uid = archive_entry_uid(entry);
	item->gid = archive_entry_gid(entry);
	item->owner = archive_entry_uname(entry);
	item->group = archive_entry_gname(entry);
	if (item->type == ARCHIVE_DEVICE)
		item->device = (struct archive_device){archive_entry_filetype(entry) == AE_IFBLK ? 'b' : 'c',
						       (unsigned int)archive_entry_rdevmajor(entry),
						       (unsigned int)archive_entry_rdevminor(entry)};
	return w->visit(item, content, w->context, error);
}

/* @prefix: of what describes a package; "": it is installed. */
static int take_member(struct archive *a, struct archive_entry *entry, const char *prefix, struct walk *w,
		       struct elfsect_error *error)
{
	const char *name = archive_entry_pathname(entry) ?: archive_entry_pathname_utf8(entry);
	autofree char *plain = NULL, *target = NULL;
	struct archive_item item = {.describes = *prefix, .type = type_of(entry)};

	if (++w->members > ARCHIVE_MEMBERS_MAX)
		return failure(error, EFBIG, "%s: package: more than %d members", w->path, ARCHIVE_MEMBERS_MAX);
	if (!name || !*name || strlen(name) > ARCHIVE_NAME_MAX)
		return failure(error, EBADMSG, "%s: package: a member without a name, or with one that is too long",
			       w->path);
	plain = plain_name(prefix, name);
	if (item.type == ARCHIVE_HARDLINK)
		target = plain_name(prefix, archive_entry_hardlink(entry));
	item.name = plain;
	item.target = item.type == ARCHIVE_SYMLINK ? archive_entry_symlink(entry) ?: archive_entry_symlink_utf8(entry)
						   : target;
	if (!plain || (item.type == ARCHIVE_HARDLINK && !target))
		return failure_errno(error, ENOMEM, "%s", w->path);
	if (item.type == ARCHIVE_SYMLINK && !item.target)
		return failure(error, EBADMSG, "%s: %s: a symbolic link to nothing", w->path, plain);
	if (!*prefix && is_reserved(plain))
		return failure(error, EBADMSG, "%s: %s: a name that stands for what describes a package", w->path,
			       plain);
	return visit_item(a, entry, &item, w, error);
}

/* ------------------------------------------------------------------------------------------------------------ nested
 */

static la_ssize_t read_outer(struct archive *a, void *context, const void **bytes)
{
	struct inner *inner = context;
	const la_ssize_t got = archive_read_data(inner->outer, inner->block, sizeof(inner->block));

	*bytes = inner->block;
	if (got < 0)
		archive_set_error(a, EBADMSG, "%s", archive_error_string(inner->outer));
	return got;
}

/* The members that are left. */
static int take_all(struct archive *a, const char *prefix, struct walk *w, struct elfsect_error *error)
{
	struct archive_entry *entry;
	int ret = 0, got = ARCHIVE_OK;

	while (!ret && ((got = archive_read_next_header(a, &entry)) == ARCHIVE_OK || got == ARCHIVE_WARN))
		ret = take_member(a, entry, prefix, w, error);
	return !ret && got != ARCHIVE_EOF ? damaged(a, w, error) : ret;
}

/* data.tar.xz in a .deb. */
static int take_inner(struct archive *outer, const char *prefix, struct walk *w, struct elfsect_error *error)
{
	autofree struct inner *inner = malloc(sizeof(*inner));
	struct archive *a = new_reader();
	int ret;

	if (!a || !inner) {
		archive_read_free(a);
		return failure_errno(error, ENOMEM, "%s", w->path);
	}
	inner->outer = outer;
	inner->path = w->path;
	ret = archive_read_open(a, inner, NULL, read_outer, NULL) == ARCHIVE_OK ? take_all(a, prefix, w, error)
										: damaged(a, w, error);
	archive_read_free(a);
	return ret;
}

struct deb {
	bool has_control, has_data;
};

static int take_deb_member(struct archive *a, struct archive_entry *entry, struct deb *deb, struct walk *w,
			   struct elfsect_error *error)
{
	const char *name = archive_entry_pathname(entry);
	const bool is_data = name && !strncmp(name, "data.tar", 8),
		   is_control = name && !strncmp(name, "control.tar", 11);
	bool *has = is_data ? &deb->has_data : &deb->has_control;

	if (!is_data && !is_control)
		return take_member(a, entry, DEB_PREFIX, w, error);
	if (*has)
		return failure(error, EBADMSG, "%s: package: two %s archives", w->path, is_data ? "data" : "control");
	*has = true;
	return take_inner(a, is_data ? "" : CONTROL_PREFIX, w, error);
}

/* debian-binary, control.tar.*, data.tar.*, in this order. */
static int take_deb(struct archive *a, struct archive_entry *entry, struct walk *w, struct elfsect_error *error)
{
	struct deb deb = {false, false};
	int ret = 0, got = ARCHIVE_OK;

	while (!ret && (got == ARCHIVE_OK || got == ARCHIVE_WARN)) {
		ret = take_deb_member(a, entry, &deb, w, error);
		if (!ret)
			got = archive_read_next_header(a, &entry);
	}
	if (!ret && got != ARCHIVE_EOF)
		return damaged(a, w, error);
	return ret || deb.has_data ? ret : failure(error, EBADMSG, "%s: package: no data archive in it", w->path);
}

/* ------------------------------------------------------------------------------------------------------------- .rpm
 */

static int visit_header(const char *name, const uint8_t *bytes, uint64_t size, const struct walk *w,
			struct elfsect_error *error)
{
	const struct archive_item item = {.name = name, .type = ARCHIVE_FILE, .describes = true};
	autofree struct archive_content *content = malloc(sizeof(*content));

	if (!content)
		return failure_errno(error, ENOMEM, "%s", w->path);
	content->archive = NULL;
	content->memory = bytes;
	content->memory_size = size;
	return w->visit(&item, content, w->context, error);
}

/* libarchive passes over them. */
static int visit_rpm_headers(const struct walk *w, struct elfsect_error *error)
{
	struct rpm_headers h;
	int ret = rpm_headers_read(w->path, &h, error);

	if (ret || !h.bytes)
		return ret;
	ret = visit_header(RPM_PREFIX "signature", h.bytes, h.signature_size, w, error);
	if (!ret)
		ret = visit_header(RPM_PREFIX "header", h.bytes + h.signature_size, h.header_size, w, error);
	free(h.bytes);
	return ret;
}

/* --------------------------------------------------------------------------------------------------------- packages
 */

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
	ret = take_member(a, entry, "", w, error);
	return ret ? ret : take_all(a, "", w, error);
}

int archive_visit_all(const char *path, archive_visit_item *visit, void *context, struct elfsect_error *error)
{
	struct walk w = {.path = path, .visit = visit, .context = context};
	struct archive *a = new_reader();
	int ret;

	if (!a)
		return failure_errno(error, ENOMEM, "%s", path);
	ret = visit_rpm_headers(&w, error);
	if (!ret)
		ret = archive_read_open_filename(a, path, BLOCK) == ARCHIVE_OK ? take_package(a, &w, error)
									       : damaged(a, &w, error);
	archive_read_free(a);
	return ret;
}

/* ------------------------------------------------------------------------------------------------------------- files
 */

struct files {
	const char *path;
	archive_visit *visit;
	void *context;
};

/* The bytes of a member into a temporary file. */
static int spool_item(struct archive_content *content, const char *name, int fd, uint64_t *size,
		      struct elfsect_error *error)
{
	const uint8_t *bytes;
	ssize_t got;
	int ret = 0;

	for (*size = 0; !ret && (got = archive_content_read(content, &bytes, error)) != 0; *size += (uint64_t)got) {
		if (got < 0)
			return (int)got;
		ret = spool_write(fd, bytes, (uint64_t)got, name, error);
	}
	return ret;
}

static int visit_file(const struct archive_item *item, struct archive_content *content, void *context,
		      struct elfsect_error *error)
{
	const struct files *f = context;
	struct archive_member member = {item->name, -1, 0};
	autoclose int fd = -1;
	int ret;

	if (item->type != ARCHIVE_FILE || item->describes)
		return 0;
	fd = spool_open(f->path, error);
	if (fd < 0)
		return fd;
	member.fd = fd;
	ret = spool_item(content, item->name, fd, &member.size, error);
	if (!ret && lseek(fd, 0, SEEK_SET) < 0)
		ret = failure_errno(error, errno, "%s", f->path);
	return ret ? ret : f->visit(&member, f->context, error);
}

int archive_visit_files(const char *path, archive_visit *visit, void *context, struct elfsect_error *error)
{
	struct files files = {path, visit, context};

	return archive_visit_all(path, visit_file, &files, error);
}
