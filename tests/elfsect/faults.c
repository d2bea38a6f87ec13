// SPDX-License-Identifier: GPL-2.0-or-later
#include "faults.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum fault fault;
static unsigned int calls, chosen;
static int argument;
static bool armed;
void (*fault_meddle)(void);

/* What a power failure would undo: writes since the last fsync of their file, names since that of their directory. */
static struct undo {
	ino_t owner; /* whose fsync makes it permanent */
	int fd;
	enum undo_kind { WRITE, CREATE, REMOVE, RENAME } kind;
	char name[300];
	char from[300]; /* the name before, of RENAME */
	char *bytes;
	size_t size;
	off_t offset, file_size;
} undos[64];
static unsigned int undo_count;

ssize_t __real_pwrite64(int fd, const void *bytes, size_t size, off_t offset);
int __real_fsync(int fd);
int __real_ftruncate64(int fd, off_t size);
int __real_renameat(int from_fd, const char *from, int to_fd, const char *to);
int __real_linkat(int from_fd, const char *from, int to_fd, const char *to, int flags);
int __real_unlinkat(int fd, const char *name, int flags);
int __real_openat64(int fd, const char *name, int flags, ...);
ssize_t __real_copy_file_range(int from, off_t *from_at, int to, off_t *to_at, size_t size, unsigned int flags);
int __real_fchmod(int fd, mode_t mode);

ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t size, off_t offset);
int __wrap_fsync(int fd);
int __wrap_ftruncate64(int fd, off_t size);
int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to);
int __wrap_linkat(int from_fd, const char *from, int to_fd, const char *to, int flags);
int __wrap_unlinkat(int fd, const char *name, int flags);
int __wrap_openat64(int fd, const char *name, int flags, ...);
ssize_t __wrap_copy_file_range(int from, off_t *from_at, int to, off_t *to_at, size_t size, unsigned int flags);
int __wrap_fchmod(int fd, mode_t mode);

void fault_arm(enum fault kind, unsigned int at, int value)
{
	fault = kind;
	chosen = at;
	argument = value;
	calls = 0;
	undo_count = 0;
	armed = true;
}

unsigned int fault_disarm(void)
{
	armed = false;
	return calls;
}

/* ------------------------------------------------------------------------------------------------- power failures */

static ino_t inode_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : st.st_ino;
}

/* Where what is at a name stays while it may come back. */
static const char *stash_name(const char *name)
{
	static char stash[320];

	snprintf(stash, sizeof(stash), "%s.lost", name);
	return stash;
}

static void stash(int fd, const char *name)
{
	__real_unlinkat(fd, stash_name(name), 0);
	__real_linkat(fd, name, fd, stash_name(name), 0);
}

static void undo(struct undo *u)
{
	switch (u->kind) {
	case WRITE:
		__real_pwrite64(u->fd, u->bytes, u->size, u->offset);
		__real_ftruncate64(u->fd, u->file_size);
		break;
	case CREATE:
		__real_unlinkat(u->fd, u->name, 0);
		break;
	case RENAME:
		__real_renameat(u->fd, u->name, u->fd, u->from);
		__real_renameat(u->fd, stash_name(u->name), u->fd, u->name);
		break;
	case REMOVE:
		__real_renameat(u->fd, stash_name(u->name), u->fd, u->name);
		break;
	}
}

void fault_power_failure(void)
{
	/* Backwards, so that of several writes to one place the oldest content wins. Bits beyond the last: none lost.
	 */
	for (unsigned int i = undo_count; i-- > 0;)
		if (argument >> (i % 16) & 1)
			undo(&undos[i]);
	_exit(FAULT_STATUS);
}

static struct undo *remember(int fd, enum undo_kind kind, const char *name)
{
	struct undo *u = &undos[undo_count];

	if (!armed || fault != FAULT_POWER || undo_count == sizeof(undos) / sizeof(undos[0]))
		return NULL;
	memset(u, 0, sizeof(*u));
	u->fd = dup(fd);
	u->owner = inode_of(fd);
	u->kind = kind;
	snprintf(u->name, sizeof(u->name), "%s", name);
	undo_count++;
	return u;
}

static void remember_write(int fd, size_t size, off_t offset)
{
	struct undo *u = remember(fd, WRITE, "");
	struct stat st;

	if (!u || fstat(fd, &st))
		return;
	u->file_size = st.st_size;
	u->offset = offset;
	u->bytes = malloc(size);
	u->size = offset < st.st_size ? (size_t)pread(fd, u->bytes, size, offset) : 0;
}

static void forget(int fd)
{
	const ino_t owner = inode_of(fd);
	unsigned int kept = 0;

	for (unsigned int i = 0; i < undo_count; i++)
		if (undos[i].owner != owner)
			undos[kept++] = undos[i];
	undo_count = kept;
}

/* ---------------------------------------------------------------------------------------------------------- faults */

enum verdict { GO, FAIL, HALF, LOSE, END_AFTER };

static enum verdict enter(void)
{
	if (!armed || !fault || ++calls < chosen)
		return GO;
	if (calls > chosen) {
		if (fault != FAULT_ERRORS && !(fault == FAULT_FULL && calls == chosen + 1))
			return GO;
		errno = argument;
		return FAIL;
	}
	switch (fault) {
	case FAULT_CRASH:
		_exit(FAULT_STATUS);
	case FAULT_POWER:
		return END_AFTER;
	case FAULT_CRASH_AFTER:
		return END_AFTER;
	case FAULT_ERROR:
	case FAULT_ERRORS:
		errno = argument;
		return FAIL;
	case FAULT_MEDDLE:
		fault_meddle();
		return GO;
	case FAULT_LOST:
		return LOSE;
	default:
		return HALF;
	}
}

static void leave(enum verdict verdict)
{
	if (verdict != END_AFTER)
		return;
	if (fault == FAULT_POWER)
		fault_power_failure();
	_exit(FAULT_STATUS);
}

ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t size, off_t offset)
{
	const enum verdict verdict = enter();
	ssize_t ret;

	if (verdict == FAIL)
		return -1;
	if (verdict == LOSE)
		return (ssize_t)size;
	if (verdict == HALF && size > 1)
		size /= 2;
	remember_write(fd, size, offset);
	ret = __real_pwrite64(fd, bytes, size, offset);
	if (verdict == HALF && fault == FAULT_TORN)
		_exit(FAULT_STATUS);
	leave(verdict);
	return ret;
}

/* A call that is done or not, with nothing in between. */
#define PLAIN(type, call)                                                                                              \
	do {                                                                                                           \
		const enum verdict verdict_ = enter();                                                                 \
		type ret_;                                                                                             \
		if (verdict_ == FAIL)                                                                                  \
			return -1;                                                                                     \
		ret_ = call;                                                                                           \
		leave(verdict_);                                                                                       \
		return ret_;                                                                                           \
	} while (0)

int __wrap_fsync(int fd)
{
	const enum verdict verdict = enter();
	int ret;

	if (verdict == FAIL)
		return -1;
	/* The worst moment is before it has done anything. */
	if (verdict == END_AFTER && fault == FAULT_POWER)
		leave(verdict);
	ret = __real_fsync(fd);
	forget(fd);
	leave(verdict);
	return ret;
}

int __wrap_unlinkat(int fd, const char *name, int flags)
{
	const enum verdict verdict = enter();
	int ret;

	if (verdict == FAIL)
		return -1;
	if (remember(fd, REMOVE, name))
		stash(fd, name);
	ret = __real_unlinkat(fd, name, flags);
	leave(verdict);
	return ret;
}

int __wrap_openat64(int fd, const char *name, int flags, ...)
{
	enum verdict verdict;
	mode_t mode = 0;
	va_list args;
	int ret;

	va_start(args, flags);
	if (flags & (O_CREAT | O_TMPFILE))
		mode = va_arg(args, mode_t);
	va_end(args);
	if (!(flags & O_CREAT))
		return __real_openat64(fd, name, flags, mode);
	verdict = enter();
	if (verdict == FAIL)
		return -1;
	ret = __real_openat64(fd, name, flags, mode);
	remember(fd, CREATE, name);
	leave(verdict);
	return ret;
}

int __wrap_ftruncate64(int fd, off_t size)
{
	PLAIN(int, __real_ftruncate64(fd, size));
}

int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	const enum verdict verdict = enter();
	struct undo *u;
	int ret;

	if (verdict == FAIL)
		return -1;
	u = remember(to_fd, RENAME, to);
	if (u) {
		snprintf(u->from, sizeof(u->from), "%s", from);
		stash(to_fd, to);
	}
	ret = __real_renameat(from_fd, from, to_fd, to);
	leave(verdict);
	return ret;
}

int __wrap_linkat(int from_fd, const char *from, int to_fd, const char *to, int flags)
{
	const enum verdict verdict = enter();
	int ret;

	if (verdict == FAIL)
		return -1;
	ret = __real_linkat(from_fd, from, to_fd, to, flags);
	remember(to_fd, CREATE, to);
	leave(verdict);
	return ret;
}

int __wrap_fchmod(int fd, mode_t mode)
{
	PLAIN(int, __real_fchmod(fd, mode));
}

ssize_t __wrap_copy_file_range(int from, off_t *from_at, int to, off_t *to_at, size_t size, unsigned int flags)
{
	const enum verdict verdict = enter();
	ssize_t ret;

	if (verdict == FAIL)
		return -1;
	remember_write(to, size, *to_at);
	ret = __real_copy_file_range(from, from_at, to, to_at, size, flags);
	leave(verdict);
	return ret;
}
