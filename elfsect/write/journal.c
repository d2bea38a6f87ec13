// SPDX-License-Identifier: LGPL-2.1-or-later
#include "write/journal.h"

#include <unistd.h>
#include <stdlib.h>
#include <stdio.h>
#include <fcntl.h>

#include "plan/plan.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/cleanup.h"

enum { VERSION = 1, HEADER_SIZE = 64, CHANGE_SIZE = 16, CHUNK = 65536 };

static const uint8_t magic[16] = "elfsect journal";

static int fail(const struct journal *j, int code, const char *what, struct elfsect_error *error)
{
	return failure_errno(error, code, "%s: %s %s", j->asked, what, j->name);
}

/* ------------------------------------------------------------------------------------------------------- place */

int journal_place(struct journal *j, const char *path, struct elfsect_error *error)
{
	char *slash;
	int length;

	*j = (struct journal){.asked = path, .directory_fd = -1};
	j->target = realpath(path, NULL);
	if (!j->target)
		return failure_errno(error, errno, "%s", path);
	slash = strrchr(j->target, '/');
	length = snprintf(j->name, sizeof(j->name), ".%s.elfsect-journal", slash + 1);
	if (length < 0 || (size_t)length >= sizeof(j->name))
		return failure_errno(error, ENAMETOOLONG, "%s: no room for the name of a journal", path);
	/* The directory of "/x" is "/". */
	*slash = '\0';
	j->directory_fd = open(slash == j->target ? "/" : j->target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* One that cannot be read cannot be synced: there is no edit in place there, but others are possible. */
	if (j->directory_fd < 0 && errno == EACCES)
		j->directory_fd = open(slash == j->target ? "/" : j->target, O_PATH | O_DIRECTORY | O_CLOEXEC);
	*slash = '/';
	return j->directory_fd < 0 ? failure_errno(error, errno, "%s: its directory", path) : 0;
}

void journal_close(struct journal *j)
{
	free(j->target);
	free(j->bytes);
	if (j->directory_fd >= 0)
		close(j->directory_fd);
}

int journal_exists(const struct journal *j, struct elfsect_error *error)
{
	struct stat st;

	if (!fstatat(j->directory_fd, j->name, &st, AT_SYMLINK_NOFOLLOW))
		return 1;
	return errno == ENOENT ? 0 : fail(j, errno, "journal", error);
}

/* --------------------------------------------------------------------------------------------------- fields */

struct identity {
	uint64_t inode;
	uint64_t seconds;
	uint32_t nanoseconds;
	uint64_t size;
};

static int identify(int fd, struct identity *id)
{
	struct statx st;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_SIZE | STATX_BTIME, &st))
		return -errno;
	*id = (struct identity){.inode = st.stx_ino, .size = st.stx_size};
	if (st.stx_mask & STATX_BTIME) {
		id->seconds = (uint64_t)st.stx_btime.tv_sec;
		id->nanoseconds = st.stx_btime.tv_nsec;
	}
	return 0;
}

static uint64_t get(const struct journal *j, uint64_t offset)
{
	return load_u64(j->bytes + offset, ELFDATA2LSB);
}

static void put(struct journal *j, uint64_t offset, uint64_t value)
{
	store_u64(j->bytes + offset, ELFDATA2LSB, value);
}

static uint32_t change_count(const struct journal *j)
{
	return load_u32(j->bytes + 20, ELFDATA2LSB);
}

/* Old or new bytes of the first change; those of the others follow. */
static const uint8_t *side_bytes(const struct journal *j, enum journal_side side)
{
	const uint64_t tables = HEADER_SIZE + (uint64_t)change_count(j) * CHANGE_SIZE;
	const uint64_t half = (j->size - SHA256_SIZE - tables) / 2;

	return j->bytes + tables + (side == JOURNAL_NEW ? half : 0);
}

/* -------------------------------------------------------------------------------------------------------- make */

static void put_changes(struct journal *j, const struct elfsect_plan *plan)
{
	uint8_t *old = (uint8_t *)(uintptr_t)side_bytes(j, JOURNAL_OLD);
	uint8_t *new = (uint8_t *)(uintptr_t)side_bytes(j, JOURNAL_NEW);

	for (size_t i = 0; i < plan->count; i++) {
		const struct elfsect_change *c = &plan->changes[i];

		put(j, HEADER_SIZE + i * CHANGE_SIZE, c->offset);
		put(j, HEADER_SIZE + i * CHANGE_SIZE + 8, c->size);
		memcpy(old, c->old, c->size);
		if (c->bytes)
			memcpy(new, c->bytes, c->size);
		old += c->size;
		new += c->size;
	}
}

int journal_make(struct journal *j, const struct elfsect_plan *plan, struct elfsect_error *error)
{
	uint64_t length = 0;
	struct identity id = {0};
	struct span all;
	int ret;

	ret = identify(plan->view->fd, &id);
	if (ret)
		return failure_errno(error, -ret, "%s: statx", j->asked);
	for (size_t i = 0; i < plan->count; i++)
		length += plan->changes[i].size;
	j->size = HEADER_SIZE + plan->count * CHANGE_SIZE + 2 * length + SHA256_SIZE;
	j->bytes = plan->count <= UINT32_MAX ? calloc(1, j->size) : NULL;
	if (!j->bytes)
		return fail(j, ENOMEM, "journal", error);
	memcpy(j->bytes, magic, sizeof(magic));
	store_u32(j->bytes + 16, ELFDATA2LSB, VERSION);
	store_u32(j->bytes + 20, ELFDATA2LSB, (uint32_t)plan->count);
	put(j, 24, id.inode);
	put(j, 32, id.seconds);
	store_u32(j->bytes + 40, ELFDATA2LSB, id.nanoseconds);
	put(j, 48, id.size);
	put(j, 56, j->size);
	put_changes(j, plan);
	all = (struct span){j->bytes, j->size - SHA256_SIZE};
	ret = sha256_spans(&all, 1, j->bytes + j->size - SHA256_SIZE);
	return ret ? fail(j, -ret, "journal", error) : 0;
}

int journal_write(struct journal *j, struct elfsect_error *error)
{
	autoclose int fd = openat(j->directory_fd, j->name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int ret;

	if (fd < 0)
		return fail(j, errno, "journal", error);
	ret = write_at(fd, j->bytes, j->size, 0);
	if (!ret && fsync(fd))
		ret = -errno;
	if (!ret && fsync(j->directory_fd))
		ret = -errno;
	if (!ret)
		return 0;
	fail(j, -ret, "journal", error);
	/* What is there of it may even be valid, but then the file has the old content. */
	if (unlinkat(j->directory_fd, j->name, 0))
		error_append(error, "; 'elfsect recover' removes it");
	return ret;
}

/* -------------------------------------------------------------------------------------------------------- read */

/* -EBADMSG if the journal ends too early or its checksum is wrong. */
static int check_complete(const struct journal *j, struct elfsect_error *error)
{
	const struct span all = {j->bytes, j->size - SHA256_SIZE};
	uint8_t sum[SHA256_SIZE];
	int ret;

	if (!memcmp(j->bytes, magic, sizeof(magic)) && get(j, 56) == j->size) {
		ret = sha256_spans(&all, 1, sum);
		if (ret)
			return fail(j, -ret, "journal", error);
		if (!memcmp(sum, j->bytes + all.size, SHA256_SIZE))
			return 0;
	}
	return failure(error, EBADMSG, "%s: journal %s: incomplete", j->asked, j->name);
}

/* The checksum is right, so this is what somebody meant; it need not have been an elfsect that wrote it. */
static int check_table(const struct journal *j, struct elfsect_error *error)
{
	const uint64_t room = j->size - HEADER_SIZE - SHA256_SIZE, count = change_count(j);
	uint64_t end = 0, length = 0;
	bool good = count * CHANGE_SIZE <= room;

	if (load_u32(j->bytes + 16, ELFDATA2LSB) != VERSION)
		return failure(error, ENOTSUP, "%s: journal %s: of another version of elfsect", j->asked, j->name);
	for (uint64_t i = 0; i < count && good; i++) {
		const uint64_t offset = get(j, HEADER_SIZE + i * CHANGE_SIZE);
		const uint64_t size = get(j, HEADER_SIZE + i * CHANGE_SIZE + 8);

		good = offset >= end && range_inside(offset, size, get(j, 48)) && add_u64(length, size, &length) &&
		       length <= room;
		end = offset + size;
	}
	if (!good || length * 2 != room - count * CHANGE_SIZE)
		return failure(error, EBADF, "%s: journal %s: its list of changes is wrong", j->asked, j->name);
	return 0;
}

static int other_file(const struct journal *j, const char *what, struct elfsect_error *error)
{
	return failure(error, ESTALE,
		       "%s: journal %s: belongs to another file (%s); if this one replaced it, remove the journal",
		       j->asked, j->name, what);
}

/* Each byte that the edit was to change is still the old one or already the new one. */
static int check_content(const struct journal *j, int fd, struct elfsect_error *error)
{
	const uint8_t *old = side_bytes(j, JOURNAL_OLD), *new = side_bytes(j, JOURNAL_NEW);
	uint8_t now[CHUNK];

	for (uint32_t i = 0; i < change_count(j); i++) {
		uint64_t offset = get(j, HEADER_SIZE + (uint64_t)i * CHANGE_SIZE);
		uint64_t left = get(j, HEADER_SIZE + (uint64_t)i * CHANGE_SIZE + 8);

		while (left) {
			const size_t size = left < CHUNK ? (size_t)left : CHUNK;
			const int ret = read_at(fd, now, size, offset);

			if (ret)
				return failure_errno(error, -ret, "%s: read", j->asked);
			for (size_t n = 0; n < size; n++)
				if (now[n] != old[n] && now[n] != new[n])
					return other_file(j, "neither old nor new content", error);
			old += size;
			new += size;
			offset += size;
			left -= size;
		}
	}
	return 0;
}

static int check_identity(const struct journal *j, int fd, struct elfsect_error *error)
{
	const uint64_t seconds = get(j, 32);
	const uint32_t nanoseconds = load_u32(j->bytes + 40, ELFDATA2LSB);
	struct identity id = {0};
	int ret;

	ret = identify(fd, &id);
	if (ret)
		return failure_errno(error, -ret, "%s: statx", j->asked);
	if (id.inode != get(j, 24))
		return other_file(j, "inode number", error);
	if (id.size != get(j, 48))
		return other_file(j, "size", error);
	if (((id.seconds | id.nanoseconds) && (seconds | nanoseconds)) &&
	    (id.seconds != seconds || id.nanoseconds != nanoseconds))
		return other_file(j, "time of birth", error);
	return check_content(j, fd, error);
}

/* In a directory that others can write to, anybody can leave a file of this name. */
static int check_trust(const struct journal *j, int journal_fd, int fd, struct stat *st, struct elfsect_error *error)
{
	struct stat file;

	if (fstat(journal_fd, st) || fstat(fd, &file))
		return fail(j, errno, "journal", error);
	if (!S_ISREG(st->st_mode) || st->st_nlink > 1 || (st->st_mode & 022) ||
	    (st->st_uid && st->st_uid != file.st_uid && st->st_uid != geteuid()))
		return failure(error, EPERM, "%s: journal %s: not a file of its owner, or others may write it",
			       j->asked, j->name);
	return 0;
}

int journal_read(struct journal *j, int fd, struct elfsect_error *error)
{
	autoclose int journal_fd = openat(j->directory_fd, j->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	int ret;

	if (journal_fd < 0)
		return fail(j, errno, "journal", error);
	ret = check_trust(j, journal_fd, fd, &st, error);
	if (ret)
		return ret;
	j->size = (uint64_t)st.st_size;
	if (j->size < HEADER_SIZE + SHA256_SIZE)
		return failure(error, EBADMSG, "%s: journal %s: incomplete", j->asked, j->name);
	j->bytes = malloc(j->size);
	if (!j->bytes)
		return fail(j, ENOMEM, "journal", error);
	ret = read_at(journal_fd, j->bytes, j->size, 0);
	if (ret)
		return fail(j, -ret, "journal", error);
	ret = check_complete(j, error);
	if (!ret)
		ret = check_table(j, error);
	return ret ? ret : check_identity(j, fd, error);
}

/* ------------------------------------------------------------------------------------------------------- apply */

static int compare(int fd, const uint8_t *expected, uint64_t size, uint64_t offset)
{
	uint8_t now[CHUNK];

	while (size) {
		const size_t step = size < CHUNK ? (size_t)size : CHUNK;
		const int ret = read_at(fd, now, step, offset);

		if (ret)
			return ret;
		if (memcmp(now, expected, step) != 0)
			return -EIO;
		expected += step;
		offset += step;
		size -= step;
	}
	return 0;
}

int journal_apply(const struct journal *j, int fd, enum journal_side side, struct elfsect_error *error)
{
	for (int pass = 0; pass < 2; pass++) {
		const uint8_t *bytes = side_bytes(j, side);

		for (uint32_t i = 0; i < change_count(j); i++) {
			const uint64_t offset = get(j, HEADER_SIZE + (uint64_t)i * CHANGE_SIZE);
			const uint64_t size = get(j, HEADER_SIZE + (uint64_t)i * CHANGE_SIZE + 8);
			const int ret = pass ? compare(fd, bytes, size, offset) : write_at(fd, bytes, size, offset);

			if (ret)
				return failure_errno(error, -ret, "%s: offset 0x%jx: %s", j->asked, (uintmax_t)offset,
						     pass ? "reading it again" : "write");
			bytes += size;
		}
		if (!pass && fsync(fd))
			return failure_errno(error, errno, "%s: fsync", j->asked);
	}
	return 0;
}

int journal_remove(const struct journal *j, bool *removed, struct elfsect_error *error)
{
	*removed = false;
	if (unlinkat(j->directory_fd, j->name, 0))
		return fail(j, errno, "removing the journal", error);
	*removed = true;
	return fsync(j->directory_fd) ? fail(j, errno, "removing the journal", error) : 0;
}
