// SPDX-License-Identifier: LGPL-2.1-or-later
#include "write/temporary.h"

#include <unistd.h>
#include <stdlib.h>
#include <stdio.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/xattr.h>

#include "base/files.h"
#include "base/cleanup.h"
#include "write/stale_temporaries.h"

static void announce(struct temporary *t, bool exists)
{
	char path[PATH_MAX];

	if (!t->options->on_temporary)
		return;
	if (!exists) {
		if (t->announced)
			t->options->on_temporary(NULL, t->options->data);
		t->announced = false;
		return;
	}
	snprintf(path, sizeof(path), "%s/%s", t->directory, t->name);
	t->options->on_temporary(path, t->options->data);
	t->announced = true;
}

static int fail(const struct temporary *t, int code, const char *what, struct elfsect_error *error)
{
	return what ? failure_errno(error, code, "%s: %s", t->asked, what) : failure_errno(error, code, "%s", t->asked);
}

/* ------------------------------------------------------------------------------------------------------- open */

/* Follow symbolic links to the file that gets replaced. A link that leads nowhere is an error, as for cp. */
static int resolve(struct temporary *t, const char *path, struct elfsect_error *error)
{
	struct stat link;
	char *slash;

	t->target = realpath(path, NULL);
	if (!t->target) {
		if (errno != ENOENT || !lstat(path, &link))
			return fail(t, errno ? errno : ENOENT, NULL, error);
		t->target = strchr(path, '/') ? strdup(path) : NULL;
		if (!t->target && asprintf(&t->target, "./%s", path) < 0)
			t->target = NULL;
	} else {
		t->replaces = true;
	}
	t->directory = t->target ? strdup(t->target) : NULL;
	if (!t->directory)
		return fail(t, ENOMEM, NULL, error);
	slash = strrchr(t->directory, '/');
	t->base = t->target + (slash - t->directory) + 1;
	if (!*t->base)
		return fail(t, EISDIR, NULL, error);
	/* The directory of "/x" is "/". */
	slash[slash == t->directory] = '\0';
	t->directory_fd = open(t->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return t->directory_fd < 0 ? fail(t, errno, NULL, error) : 0;
}

static int check_target(struct temporary *t, struct elfsect_error *error)
{
	if (!t->replaces)
		return 0;
	if (fstatat(t->directory_fd, t->base, &t->old, AT_SYMLINK_NOFOLLOW))
		return fail(t, errno, NULL, error);
	if (S_ISDIR(t->old.st_mode))
		return fail(t, EISDIR, NULL, error);
	if (!S_ISREG(t->old.st_mode))
		return failure(error, EINVAL, "%s: not a regular file", t->asked);
	/* A rename would replace a read-only file; who made it read-only did not mean that. */
	if (faccessat(t->directory_fd, t->base, W_OK, AT_EACCESS))
		return fail(t, errno, NULL, error);
	return 0;
}

static int random_name(struct temporary *t)
{
	uint64_t number;

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return -EIO;
	snprintf(t->name, sizeof(t->name), ".elfsect-%016jx.tmp", (uintmax_t)number);
	return 0;
}

/*
 * Lock the file, so that temporary_sweep() sees that somebody is at work; false if a sweep came first. Where there are
 * no locks nothing is swept.
 */
static bool is_ours(const struct temporary *t)
{
	struct stat st;

	if (flock(t->fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
		return false;
	return !fstat(t->fd, &st) && st.st_nlink;
}

/* A file without a name vanishes with the process, whatever ends it. It gets its name through /proc. */
static int open_nameless(struct temporary *t, mode_t mode)
{
	char path[64];

	t->fd = openat(t->directory_fd, ".", O_RDWR | O_TMPFILE | O_CLOEXEC, mode);
	if (t->fd < 0)
		return -errno;
	(void)is_ours(t);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", t->fd);
	if (!access(path, F_OK))
		return 0;
	close(t->fd);
	t->fd = -1;
	return -ENOENT;
}

static int open_named(struct temporary *t, mode_t mode)
{
	int ret;

	if (random_name(t))
		return -EIO;
	announce(t, true);
	t->fd = openat(t->directory_fd, t->name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (t->fd >= 0 && is_ours(t))
		return 0;
	ret = t->fd < 0 ? -errno : -EAGAIN;
	t->name[0] = '\0';
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
	return ret;
}

int temporary_open(struct temporary *t, const char *path, mode_t mode, const struct elfsect_write_options *options,
		   struct elfsect_error *error)
{
	int ret;

	*t = (struct temporary){.options = options, .asked = path, .directory_fd = -1, .fd = -1};
	ret = resolve(t, path, error);
	if (!ret)
		ret = check_target(t, error);
	if (ret)
		return ret;
	/* Content that replaces a private file is private while it is made; the mode follows at the end. */
	mode = t->replaces ? 0600 : mode & 0777;
	temporary_sweep(t->directory_fd);
	ret = open_nameless(t, mode);
	if (ret)
		ret = open_named(t, mode);
	if (ret == -EAGAIN)
		ret = open_named(t, mode);
	return ret ? fail(t, -ret, "temporary file", error) : 0;
}

/* ------------------------------------------------------------------------------------------------- attributes */

/* Attributes that are statements about the old content: they would be wrong, or make the new file unreadable. */
static bool describes_content(const char *name)
{
	return !strcmp(name, "security.ima") || !strcmp(name, "security.evm") || !strcmp(name, "security.capability");
}

/* Whether a file system or its rules do not let an attribute be kept: then the file is as good as it can be. */
static bool cannot_be_kept(const char *name, int code)
{
	static const char btrfs[] = "btrfs.";

	if (code == EPERM || code == ENOTSUP || code == ENODATA)
		return true;
	/* Properties that depend on the folder, or on what the file has been written with. */
	if (code == EINVAL && !strncmp(name, btrfs, sizeof(btrfs) - 1))
		return true;
	/* Not everybody may set those of the security and trusted classes. */
	return code == EACCES && strncmp(name, "user.", 5) != 0;
}

static int copy_xattr(struct temporary *t, int from, const char *name, struct elfsect_error *error)
{
	const ssize_t size = describes_content(name) ? 0 : fgetxattr(from, name, NULL, 0);
	autofree char *value = size < 0 ? NULL : malloc((size_t)size + 1);
	ssize_t got;

	if (describes_content(name))
		return 0;
	if (size >= 0 && !value)
		return fail(t, ENOMEM, name, error);
	got = size < 0 ? -1 : fgetxattr(from, name, value, (size_t)size);
	if (got >= 0 && !fsetxattr(t->fd, name, value, (size_t)got, 0))
		return 0;
	return cannot_be_kept(name, errno) ? 0 : fail(t, errno, name, error);
}

/*
 * What the new file has from its folder, or by the file system's rules, and the old one has not: above all the folder's
 * default access list, which would let others at it.
 */
static int drop_xattr(struct temporary *t, int from, const char *name, struct elfsect_error *error)
{
	if (fgetxattr(from, name, NULL, 0) >= 0 || (errno != ENODATA && errno != ENOTSUP))
		return 0;
	if (!fremovexattr(t->fd, name) || errno == ENODATA || errno == ENOTSUP)
		return 0;
	/* Labels that a security module gives to every file. */
	return strncmp(name, "security.", 9) != 0 ? fail(t, errno, name, error) : 0;
}

typedef int xattr_visit(struct temporary *t, int from, const char *name, struct elfsect_error *error);

/* Visit the names of the attributes that one of the two has. */
static int each_xattr(struct temporary *t, int fd, int from, xattr_visit *each, struct elfsect_error *error)
{
	const ssize_t size = flistxattr(fd, NULL, 0);
	autofree char *names = NULL;
	ssize_t got;

	if (size < 0 && errno != ENOTSUP)
		return fail(t, errno, "extended attributes", error);
	if (size <= 0)
		return 0;
	names = malloc((size_t)size);
	if (!names)
		return fail(t, ENOMEM, "extended attributes", error);
	got = flistxattr(fd, names, (size_t)size);
	if (got < 0)
		return fail(t, errno, "extended attributes", error);
	for (const char *name = names; name < names + got; name += strlen(name) + 1) {
		const int ret = each(t, from, name, error);

		if (ret)
			return ret;
	}
	return 0;
}

/* FAT and its kin have one mode for all files, and refuse others: no harm where nobody gets more by it. */
static int set_mode(const struct temporary *t, mode_t mode, struct elfsect_error *error)
{
	const int code = fchmod(t->fd, mode) ? errno : 0;
	struct stat now;

	if (!code || ((code == EPERM || code == ENOTSUP) && !fstat(t->fd, &now) && !(now.st_mode & 07777 & ~mode)))
		return 0;
	return fail(t, code, "chmod", error);
}

int temporary_copy_attributes(struct temporary *t, struct elfsect_error *error)
{
	autoclose int from = -1;
	mode_t mode = t->old.st_mode & 07777;
	int ret;

	if (!t->replaces)
		return 0;
	from = openat(t->directory_fd, t->base, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (from < 0)
		return fail(t, errno, NULL, error);
	if (fchown(t->fd, t->old.st_uid, t->old.st_gid)) {
		if (errno != EPERM)
			return fail(t, errno, "chown", error);
		/* Somebody else's file in a directory of ours: it becomes ours, so it must not keep its powers. */
		mode &= 0777;
		if (fchown(t->fd, (uid_t)-1, t->old.st_gid) && errno != EPERM)
			return fail(t, errno, "chown", error);
	}
	ret = each_xattr(t, from, from, copy_xattr, error);
	if (!ret)
		ret = each_xattr(t, t->fd, from, drop_xattr, error);
	return ret ? ret : set_mode(t, mode, error);
}

/* ------------------------------------------------------------------------------------------- publish and close */

/* linkat() does not replace, so the file gets a name of its own for a moment. */
static int give_name(struct temporary *t, struct elfsect_error *error)
{
	char path[64];

	if (t->name[0])
		return 0;
	if (random_name(t))
		return fail(t, EIO, "random number", error);
	announce(t, true);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", t->fd);
	if (!linkat(AT_FDCWD, path, t->directory_fd, t->name, AT_SYMLINK_FOLLOW))
		return 0;
	t->name[0] = '\0';
	return fail(t, errno, "temporary file", error);
}

static int check_same_target(const struct temporary *t, struct elfsect_error *error)
{
	struct stat now;

	if (fstatat(t->directory_fd, t->base, &now, AT_SYMLINK_NOFOLLOW)) {
		if (errno == ENOENT && !t->replaces)
			return 0;
		return fail(t, errno, NULL, error);
	}
	if (t->replaces && now.st_dev == t->old.st_dev && now.st_ino == t->old.st_ino &&
	    now.st_mtim.tv_sec == t->old.st_mtim.tv_sec && now.st_mtim.tv_nsec == t->old.st_mtim.tv_nsec)
		return 0;
	return failure(error, EAGAIN, "%s: somebody else changed the file meanwhile", t->asked);
}

int temporary_seal(struct temporary *t, struct elfsect_error *error)
{
	const int ret = t->replaces ? ensure_newer(t->fd, &t->old.st_mtim) : 0;

	return ret < 0 ? fail(t, -ret, "setting the time of modification", error) : 0;
}

int temporary_rename(struct temporary *t, struct elfsect_error *error)
{
	int ret = check_same_target(t, error);

	if (!ret)
		ret = give_name(t, error);
	if (ret)
		return ret;
	if (renameat(t->directory_fd, t->name, t->directory_fd, t->base))
		return fail(t, errno, "rename", error);
	t->name[0] = '\0';
	announce(t, false);
	(void)flock(t->fd, LOCK_UN);
	return 0;
}

int temporary_publish(struct temporary *t, struct elfsect_error *error)
{
	int ret = temporary_seal(t, error);

	if (ret)
		return ret;
	if (fsync(t->fd))
		return fail(t, errno, "fsync", error);
	ret = temporary_rename(t, error);
	if (ret)
		return ret;
	/* The new file is in place; only its permanence is in doubt. */
	if (fsync(t->directory_fd) && errno != EINVAL)
		return fail(t, errno, "the new file is in place, but may not survive a crash: fsync of its directory",
			    error);
	return 0;
}

void temporary_close(struct temporary *t)
{
	if (t->name[0])
		unlinkat(t->directory_fd, t->name, 0);
	announce(t, false);
	if (t->fd >= 0)
		close(t->fd);
	if (t->directory_fd >= 0)
		close(t->directory_fd);
	free(t->directory);
	free(t->target);
}
