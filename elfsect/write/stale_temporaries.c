// SPDX-License-Identifier: LGPL-2.1-or-later
/* Temporary files whose writers were killed while they had a name. */
#include "write/stale_temporaries.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

/* The form that temporary.c gives names. */
static bool is_temporary_name(const char *name)
{
	static const char head[] = ".elfsect-", tail[] = ".tmp";
	const size_t digits =
		strspn(name + (strncmp(name, head, sizeof(head) - 1) ? 0 : sizeof(head) - 1), "0123456789abcdef");

	return !strncmp(name, head, sizeof(head) - 1) && digits == 16 && !strcmp(name + sizeof(head) - 1 + 16, tail);
}

/* A writer holds a lock for as long as its file may have this name: who gets the lock finds nobody at work. */
static void remove_unlocked(int directory_fd, const char *name)
{
	struct stat st;
	autoclose int fd = -1;

	if (fstatat(directory_fd, name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode))
		return;
	fd = openat(directory_fd, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) || fstat(fd, &st))
		return;
	/* Not one that has got its final name in the meantime. */
	if (S_ISREG(st.st_mode) && st.st_nlink == 1)
		unlinkat(directory_fd, name, 0);
}

void temporary_sweep(int directory_fd)
{
	const int fd = openat(directory_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);

	if (!directory) {
		if (fd >= 0)
			close(fd);
		return;
	}
	for (const struct dirent *entry = readdir(directory); entry; entry = readdir(directory))
		if (is_temporary_name(entry->d_name))
			remove_unlocked(directory_fd, entry->d_name);
	closedir(directory);
}
