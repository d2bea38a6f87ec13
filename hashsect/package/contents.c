// SPDX-License-Identifier: LGPL-2.1-or-later
#include "package/contents.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/files.h"
#include "image/spool.h"

/* Contents are kept at multiples of this: tables in them are read in place. */
enum { KEPT_ALIGNMENT = 64 };

struct reading {
	struct contents *contents;
	enum contents_keeping keeping;
	struct hash *hash;
	int spool;
	uint64_t spooled;
};

/* ------------------------------------------------------------------------------------------------------------- list
 */

/* With a copy of its path; NULL: no memory. */
static struct contents_entry *new_entry(struct contents *c, const char *path)
{
	char *copy;

	if (c->count == c->room) {
		const size_t room = c->room ? 2 * c->room : 256;
		struct contents_entry *list = reallocarray(c->list, room, sizeof(*list));

		if (!list)
			return NULL;
		c->list = list;
		c->room = room;
	}
	copy = strdup(path);
	if (!copy)
		return NULL;
	c->list[c->count] = (struct contents_entry){.path = copy, .kept_at = UINT64_MAX};
	return &c->list[c->count++];
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct contents_entry *)a)->path, ((const struct contents_entry *)b)->path);
}

static int path_to_entry(const void *path, const void *entry)
{
	return strcmp(path, ((const struct contents_entry *)entry)->path);
}

const struct contents_entry *contents_find(const struct contents *c, const char *path)
{
	return c->count ? bsearch(path, c->list, c->count, sizeof(*c->list), path_to_entry) : NULL;
}

char *contents_shown(const struct contents *c, const struct contents_entry *entry)
{
	const size_t length = strlen(c->name);
	const bool slash = length && c->name[length - 1] == '/';
	char *shown;

	if (c->is_file)
		return strdup(c->name);
	if (asprintf(&shown, c->folder < 0 ? "%s: %s" : slash ? "%s%s" : "%s/%s", c->name, entry->path) < 0)
		return NULL;
	return shown;
}

void contents_clear(struct contents *c)
{
	for (size_t i = 0; i < c->count; i++) {
		free(c->list[i].path);
		free(c->list[i].owner);
		free(c->list[i].group);
		free(c->list[i].target);
	}
	free(c->list);
	if (c->map)
		munmap(c->map, (size_t)c->map_size);
	if (c->name && c->folder >= 0)
		close(c->folder);
	free(c->name);
	*c = (struct contents){0};
}

/* --------------------------------------------------------------------------------------------------------- packages
 */

/* ELF, PE, and what may hold them: by the first bytes, as the layers of images are known. What describes a .deb too. */
static bool is_kept(const char *path, const uint8_t *bytes, uint64_t size)
{
	static const struct {
		const char *start;
		size_t size;
	} kinds[] = {
		{"\177ELF", 4},
		{"MZ", 2},
		{"\x1f\x8b", 2},
		{"\xfd"
		 "7zXZ",
		 5},
		{"\x28\xb5\x2f\xfd", 4},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (size >= kinds[i].size && !memcmp(bytes, kinds[i].start, kinds[i].size))
			return true;
	return !strcmp(path, "DEBIAN/md5sums") || !strcmp(path, "DEBIAN/control");
}

static int pad_spool(struct reading *r, struct elfsect_error *error)
{
	static const uint8_t zeros[KEPT_ALIGNMENT];
	const uint64_t padding = -r->spooled % KEPT_ALIGNMENT;

	r->spooled += padding;
	return spool_write(r->spool, zeros, padding, r->contents->name, error);
}

static int keep(struct reading *r, const uint8_t *bytes, uint64_t size, struct elfsect_error *error)
{
	r->spooled += size;
	return spool_write(r->spool, bytes, size, r->contents->name, error);
}

static int take_content(struct reading *r, struct contents_entry *entry, struct archive_content *content,
			struct elfsect_error *error)
{
	const uint8_t *bytes;
	ssize_t got;
	int ret = 0;

	if (hash_begin(r->hash))
		return failure_errno(error, ENOMEM, "%s", r->contents->name);
	while (!ret && (got = archive_content_read(content, &bytes, error)) != 0) {
		if (got < 0)
			return (int)got;
		if (!entry->size && (r->keeping == CONTENTS_KEEP_ALL || is_kept(entry->path, bytes, (uint64_t)got))) {
			ret = pad_spool(r, error);
			entry->kept_at = r->spooled;
		}
		entry->size += (uint64_t)got;
		if (!ret && entry->kept_at != UINT64_MAX)
			ret = keep(r, bytes, (uint64_t)got, error);
		if (!ret && hash_add(r->hash, bytes, (size_t)got))
			ret = failure_errno(error, ENOMEM, "%s", r->contents->name);
	}
	if (!ret && hash_end(r->hash, entry->sha256))
		ret = failure_errno(error, ENOMEM, "%s", r->contents->name);
	entry->is_hashed = true;
	return ret;
}

/* False: no memory. */
static bool copy_text(char **copy, const char *text)
{
	*copy = text ? strdup(text) : NULL;
	return *copy || !text;
}

static int take_item(const struct archive_item *item, struct archive_content *content, void *context,
		     struct elfsect_error *error)
{
	struct reading *r = context;
	struct contents_entry *entry = new_entry(r->contents, item->name);

	if (!entry || !copy_text(&entry->owner, item->owner) || !copy_text(&entry->group, item->group) ||
	    !copy_text(&entry->target, item->target))
		return failure_errno(error, ENOMEM, "%s", r->contents->name);
	entry->type = item->type;
	entry->describes = item->describes;
	entry->mode = item->mode;
	entry->uid = item->uid;
	entry->gid = item->gid;
	entry->device = item->device;
	/* Where cpio has several names for a file, one of them has the content. */
	return item->type == ARCHIVE_FILE ? take_content(r, entry, content, error) : 0;
}

/* Of a hard link the content is that of the name that it is a link to, which stands before it. */
static int follow_links(struct contents *c, struct elfsect_error *error)
{
	for (size_t i = 0; i < c->count; i++) {
		struct contents_entry *entry = &c->list[i];
		const struct contents_entry *file;

		if (entry->type != ARCHIVE_HARDLINK)
			continue;
		file = contents_find(c, entry->target);
		if (!file || file->type != ARCHIVE_FILE)
			return failure(error, EBADMSG, "%s: %s: a hard link to no file of the package", c->name,
				       entry->path);
		entry->size = file->size;
		entry->kept_at = file->kept_at;
		entry->is_hashed = file->is_hashed;
		memcpy(entry->sha256, file->sha256, sizeof(entry->sha256));
	}
	for (size_t i = 0; i < c->count; i++) {
		if (c->list[i].type != ARCHIVE_HARDLINK)
			continue;
		c->list[i].type = ARCHIVE_FILE;
		free(steal(c->list[i].target));
	}
	return 0;
}

static int refuse_twins(const struct contents *c, struct elfsect_error *error)
{
	for (size_t i = 1; i < c->count; i++)
		if (!strcmp(c->list[i - 1].path, c->list[i].path))
			return failure(error, EBADMSG, "%s: %s: twice in the package", c->name, c->list[i].path);
	return 0;
}

static int read_package(struct contents *c, struct reading *r, struct elfsect_error *error)
{
	int ret = archive_visit_all(c->name, take_item, r, error);

	if (ret)
		return ret;
	if (c->count)
		qsort(c->list, c->count, sizeof(*c->list), by_path);
	ret = refuse_twins(c, error);
	if (!ret)
		ret = follow_links(c, error);
	if (!ret)
		ret = spool_map(r->spool, r->spooled, c->name, &c->map, error);
	c->map_size = r->spooled;
	for (size_t i = 0; i < c->count && !ret; i++)
		if (c->list[i].kept_at != UINT64_MAX)
			c->list[i].bytes = (const uint8_t *)c->map + c->list[i].kept_at;
	return ret;
}

/* ---------------------------------------------------------------------------------------------------------- folders
 */

static enum archive_item_type type_of(mode_t mode)
{
	return S_ISREG(mode)			? ARCHIVE_FILE
	       : S_ISDIR(mode)			? ARCHIVE_FOLDER
	       : S_ISLNK(mode)			? ARCHIVE_SYMLINK
	       : S_ISBLK(mode) || S_ISCHR(mode) ? ARCHIVE_DEVICE
						: ARCHIVE_OTHER;
}

static int read_link(const FTSENT *found, struct contents_entry *entry)
{
	char target[PATH_MAX];
	const ssize_t length = readlink(found->fts_accpath, target, sizeof(target) - 1);

	if (length < 0)
		return -errno;
	target[length] = '\0';
	return copy_text(&entry->target, target) ? 0 : -ENOMEM;
}

static int take_found(struct contents *c, const FTSENT *found, size_t root, struct elfsect_error *error)
{
	const struct stat *st = found->fts_statp;
	struct contents_entry *entry;
	int ret = 0;

	if (found->fts_info == FTS_DP)
		return 0;
	if (found->fts_info == FTS_DNR || found->fts_info == FTS_ERR || found->fts_info == FTS_NS)
		return failure_errno(error, found->fts_errno, "%s", found->fts_path);
	entry = new_entry(c, found->fts_level ? found->fts_path + root : ".");
	if (!entry)
		return failure_errno(error, ENOMEM, "%s", c->name);
	entry->type = type_of(st->st_mode);
	entry->mode = st->st_mode & 07777;
	entry->uid = st->st_uid;
	entry->gid = st->st_gid;
	if (entry->type == ARCHIVE_FILE)
		entry->size = (uint64_t)st->st_size;
	if (entry->type == ARCHIVE_SYMLINK)
		ret = read_link(found, entry);
	if (entry->type == ARCHIVE_DEVICE)
		entry->device = (struct archive_device){S_ISBLK(st->st_mode) ? 'b' : 'c', major(st->st_rdev),
							minor(st->st_rdev)};
	return ret ? failure_errno(error, -ret, "%s", found->fts_path) : 0;
}

static int read_folder(struct contents *c, struct elfsect_error *error)
{
	autofree char *root = strdup(c->name);
	char *roots[] = {root, NULL};
	size_t length = root ? strlen(root) : 0;
	FTS *walk = NULL;
	FTSENT *found;
	int ret = 0;

	while (length > 1 && root[length - 1] == '/')
		root[--length] = '\0';
	if (root)
		walk = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, NULL);
	errno = walk ? 0 : ENOMEM;
	while (walk && !ret && (found = fts_read(walk))) {
		ret = take_found(c, found, length == 1 && *root == '/' ? 1 : length + 1, error);
		errno = 0;
	}
	if (!ret && errno)
		ret = failure_errno(error, errno, "%s", c->name);
	if (walk)
		fts_close(walk);
	if (c->count)
		qsort(c->list, c->count, sizeof(*c->list), by_path);
	return ret;
}

/* A file that is no package: the path starts where the process is. */
static int take_single(struct contents *c, struct elfsect_error *error)
{
	struct contents_entry *entry = new_entry(c, c->name);
	struct stat st;

	if (!entry)
		return failure_errno(error, ENOMEM, "%s", c->name);
	if (stat(c->name, &st))
		return failure_errno(error, errno, "%s", c->name);
	entry->type = type_of(st.st_mode);
	entry->mode = st.st_mode & 07777;
	entry->size = (uint64_t)st.st_size;
	c->is_file = true;
	c->folder = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return c->folder < 0 ? failure_errno(error, errno, "%s", c->name) : 0;
}

int contents_read(const char *path, enum contents_keeping keeping, struct contents *c, struct elfsect_error *error)
{
	struct reading r = {.contents = c, .keeping = keeping, .spool = -1};
	bool is_package;
	int ret;

	*c = (struct contents){.name = strdup(path), .folder = -1};
	if (!c->name)
		return failure_errno(error, ENOMEM, "%s", path);
	c->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->folder >= 0)
		return read_folder(c, error);
	if (errno != ENOTDIR)
		return failure_errno(error, errno, "%s", path);
	ret = archive_is_package(path, &is_package, error);
	if (ret || !is_package)
		return ret ? ret : take_single(c, error);
	r.spool = spool_open(path, error);
	if (r.spool < 0)
		return r.spool;
	ret = hash_new("sha256", &r.hash) ? failure_errno(error, ENOMEM, "%s", path) : read_package(c, &r, error);
	hash_free(r.hash);
	close(r.spool);
	return ret;
}

/* ---------------------------------------------------------------------------------------------------------- compare
 */

enum { BLOCK = 128 << 10 };

int contents_open(const struct contents *c, const struct contents_entry *entry, struct elfsect_error *error)
{
	const int follow = c->is_file ? 0 : O_NOFOLLOW; /* what was named may be a link */
	const int fd = openat(c->folder, entry->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | follow);

	return fd < 0 ? failure_errno(error, errno, "%s/%s", c->name, entry->path) : fd;
}

/* A run of the content into @block, or where it is kept. */
static int read_run(const struct contents_entry *entry, int fd, uint64_t at, uint64_t size, uint8_t *block,
		    const uint8_t **run)
{
	*run = entry->bytes ? entry->bytes + at : block;
	return entry->bytes ? 0 : read_at(fd, block, size, at);
}

static bool is_readable(const struct contents *c, const struct contents_entry *entry)
{
	return c->folder >= 0 || entry->bytes || !entry->size;
}

static int compare_bytes(const struct contents_entry *p, int p_fd, const struct contents_entry *q, int q_fd, bool *same)
{
	autofree uint8_t *blocks = malloc((size_t)2 * BLOCK);
	int ret = blocks ? 0 : -ENOMEM;

	*same = true;
	for (uint64_t at = 0, size; !ret && *same && at < p->size; at += size) {
		const uint8_t *x, *y;

		size = p->size - at < BLOCK ? p->size - at : BLOCK;
		ret = read_run(p, p_fd, at, size, blocks, &x);
		if (!ret)
			ret = read_run(q, q_fd, at, size, blocks + BLOCK, &y);
		if (!ret)
			*same = !memcmp(x, y, size);
	}
	return ret;
}

static int hash_file(const struct contents_entry *entry, int fd, uint8_t sha256[SHA256_SIZE])
{
	autofree uint8_t *block = malloc(BLOCK);
	struct hash *hash = NULL;
	int ret = block ? hash_new("sha256", &hash) : -ENOMEM;

	if (!ret)
		ret = hash_begin(hash);
	for (uint64_t at = 0, size; !ret && at < entry->size; at += size) {
		const uint8_t *run;

		size = entry->size - at < BLOCK ? entry->size - at : BLOCK;
		ret = read_run(entry, fd, at, size, block, &run) ?: hash_add(hash, run, size);
	}
	if (!ret)
		ret = hash_end(hash, sha256);
	hash_free(hash);
	return ret;
}

/* The hash of a package's file is known. */
static int compare_hashes(const struct contents_entry *p, int p_fd, const struct contents_entry *q, int q_fd,
			  bool *same)
{
	uint8_t sum[SHA256_SIZE];
	int ret = 0;

	if (!p->is_hashed || !q->is_hashed)
		ret = p->is_hashed ? hash_file(q, q_fd, sum) : hash_file(p, p_fd, sum);
	*same = !ret && !memcmp(p->is_hashed ? p->sha256 : sum, q->is_hashed ? q->sha256 : sum, sizeof(sum));
	return ret;
}

int contents_same(const struct contents *a, const struct contents_entry *p, const struct contents *b,
		  const struct contents_entry *q, bool *same, struct elfsect_error *error)
{
	autoclose int p_fd = -1;
	autoclose int q_fd = -1;
	int ret;

	*same = false;
	if (p->size != q->size || (p->is_hashed && q->is_hashed)) {
		*same = p->size == q->size && !memcmp(p->sha256, q->sha256, sizeof(p->sha256));
		return 0;
	}
	if (a->folder >= 0)
		p_fd = contents_open(a, p, error);
	if (b->folder >= 0)
		q_fd = contents_open(b, q, error);
	if ((a->folder >= 0 && p_fd < 0) || (b->folder >= 0 && q_fd < 0))
		return a->folder >= 0 && p_fd < 0 ? p_fd : q_fd;
	ret = is_readable(a, p) && is_readable(b, q) ? compare_bytes(p, p_fd, q, q_fd, same)
						     : compare_hashes(p, p_fd, q, q_fd, same);
	return ret ? failure_errno(error, -ret, "%s", p->path) : 0;
}

int contents_start(const struct contents *c, const struct contents_entry *entry, uint8_t start[4],
		   struct elfsect_error *error)
{
	autoclose int fd = -1;
	int ret;

	memset(start, 0, 4);
	if (entry->size < 4 || (c->folder < 0 && !entry->bytes))
		return 0;
	if (entry->bytes) {
		memcpy(start, entry->bytes, 4);
		return 0;
	}
	fd = contents_open(c, entry, error);
	if (fd < 0)
		return fd;
	ret = read_at(fd, start, 4, 0);
	return ret ? failure_errno(error, -ret, "%s/%s", c->name, entry->path) : 0;
}

int contents_containers_differ(const struct contents *a, const struct contents *b, bool *differ,
			       struct elfsect_error *error)
{
	struct contents_entry p = {.path = a->name}, q = {.path = b->name};
	autoclose int p_fd = -1;
	autoclose int q_fd = -1;
	struct stat x, y;
	bool same = true;
	int ret;

	*differ = false;
	if (a->folder >= 0 || b->folder >= 0)
		return 0;
	p_fd = open(a->name, O_RDONLY | O_CLOEXEC);
	q_fd = open(b->name, O_RDONLY | O_CLOEXEC);
	if (p_fd < 0 || q_fd < 0 || fstat(p_fd, &x) || fstat(q_fd, &y))
		return failure_errno(error, errno, "%s, %s", a->name, b->name);
	p.size = (uint64_t)x.st_size;
	q.size = (uint64_t)y.st_size;
	ret = p.size == q.size ? compare_bytes(&p, p_fd, &q, q_fd, &same) : 0;
	*differ = p.size != q.size || !same;
	return ret ? failure_errno(error, -ret, "%s, %s", a->name, b->name) : 0;
}
