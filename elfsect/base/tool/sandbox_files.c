// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/tool/sandbox.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"

/*
 * Landlock's interface by itself: <linux/landlock.h> is missing on older systems, or older than the kernel that will
 * run the tool.
 */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule	    445
#define SYS_landlock_restrict_self  446
#endif

enum { ASK_VERSION = 1, RULE_PATH_BENEATH = 1 };

enum files_right {
	RIGHT_EXECUTE = 1 << 0,
	RIGHT_WRITE_FILE = 1 << 1,
	RIGHT_REMOVE_DIR = 1 << 4,
	RIGHT_REMOVE_FILE = 1 << 5,
	RIGHT_MAKE_CHAR = 1 << 6,
	RIGHT_MAKE_DIR = 1 << 7,
	RIGHT_MAKE_REG = 1 << 8,
	RIGHT_MAKE_SOCK = 1 << 9,
	RIGHT_MAKE_FIFO = 1 << 10,
	RIGHT_MAKE_BLOCK = 1 << 11,
	RIGHT_MAKE_SYM = 1 << 12,
	RIGHT_REFER = 1 << 13,	  /* version 2 */
	RIGHT_TRUNCATE = 1 << 14, /* 3 */
	RIGHT_IOCTL_DEV = 1 << 15 /* 5 */
};

/* All but reading: given up, unless a rule says otherwise. */
static const uint64_t rights_given_up = RIGHT_EXECUTE | RIGHT_WRITE_FILE | RIGHT_REMOVE_DIR | RIGHT_REMOVE_FILE |
					RIGHT_MAKE_CHAR | RIGHT_MAKE_DIR | RIGHT_MAKE_REG | RIGHT_MAKE_SOCK |
					RIGHT_MAKE_FIFO | RIGHT_MAKE_BLOCK | RIGHT_MAKE_SYM | RIGHT_REFER |
					RIGHT_TRUNCATE | RIGHT_IOCTL_DEV;

/* A device or FIFO that is written; and where files are made, renamed and removed. */
static const uint64_t rights_of_file = RIGHT_WRITE_FILE | RIGHT_TRUNCATE;
static const uint64_t rights_of_folder =
	RIGHT_WRITE_FILE | RIGHT_TRUNCATE | RIGHT_REMOVE_FILE | RIGHT_MAKE_DIR | RIGHT_MAKE_REG | RIGHT_REFER;

enum { NET_BIND_TCP = 1 << 0, NET_CONNECT_TCP = 1 << 1 };
enum { SCOPE_ABSTRACT_UNIX_SOCKET = 1 << 0, SCOPE_SIGNAL = 1 << 1 };

/* What a ruleset is about. Versions of the kernel know some fields more, and take no bits that they do not know. */
struct ruleset_attributes {
	uint64_t files;
	uint64_t net;	/* version 4 */
	uint64_t scope; /* version 6 */
};

struct rule_beneath {
	uint64_t allowed;
	int32_t parent_fd;
} __attribute__((packed));

void sandbox_begin(struct sandbox *sandbox)
{
	struct ruleset_attributes a = {rights_given_up, NET_BIND_TCP | NET_CONNECT_TCP,
				       SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL};
	size_t size = sizeof(a);
	long version;

	*sandbox = (struct sandbox){.rules = -1};
	if (SANDBOX_LEFT_OUT)
		return;
	version = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);
	if (version < 1)
		return;
	if (version < 2)
		a.files &= ~(uint64_t)RIGHT_REFER; /* which it forbids, between two folders, without being asked */
	if (version < 3)
		a.files &= ~(uint64_t)RIGHT_TRUNCATE;
	if (version < 5)
		a.files &= ~(uint64_t)RIGHT_IOCTL_DEV;
	if (version < 6)
		size = offsetof(struct ruleset_attributes, scope);
	if (version < 4)
		size = offsetof(struct ruleset_attributes, net);
	sandbox->rights = a.files;
	sandbox->rules = (int)syscall(SYS_landlock_create_ruleset, &a, size, 0);
}

/* A rule that cannot be made is one for what cannot be written: there is no such place, or no way to it. */
static void allow(const struct sandbox *sandbox, const char *path, uint64_t rights)
{
	autoclose int fd = open(path, O_PATH | O_CLOEXEC);
	const struct rule_beneath rule = {rights & sandbox->rights, fd};

	if (fd >= 0)
		(void)syscall(SYS_landlock_add_rule, sandbox->rules, RULE_PATH_BENEATH, &rule, 0);
}

/* Make "a/b/" or "a/b" "a", "/b" "/" and "b" ".". */
static void to_parent(char *path)
{
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		path[--length] = '\0';
	while (length && path[length - 1] != '/')
		path[--length] = '\0';
	while (length > 1 && path[length - 1] == '/')
		path[--length] = '\0';
	if (!length)
		strcpy(path, ".");
}

/* A copy with room for ".". Symbolic links are followed: what they lead to gets replaced. */
static char *resolved(const char *path)
{
	char *whole = realpath(path, NULL);

	if (whole || !*path)
		return whole;
	whole = malloc(strlen(path) + 2);
	return whole ? strcpy(whole, path) : NULL;
}

void sandbox_write_file(const struct sandbox *sandbox, const char *path)
{
	autofree char *beside = NULL;
	struct stat st;

	if (sandbox->rules < 0)
		return;
	if (!stat(path, &st) && !S_ISREG(st.st_mode)) {
		allow(sandbox, path, S_ISDIR(st.st_mode) ? rights_of_folder : rights_of_file);
		return;
	}
	beside = resolved(path);
	if (!beside)
		return;
	to_parent(beside);
	allow(sandbox, beside, rights_of_folder);
}

void sandbox_write_folder(const struct sandbox *sandbox, const char *path)
{
	autofree char *there = sandbox->rules < 0 ? NULL : resolved(path);

	if (!there)
		return;
	while (access(there, F_OK) && strcmp(there, "/") != 0 && strcmp(there, ".") != 0)
		to_parent(there);
	sandbox_write_file(sandbox, there);
}

void sandbox_cancel(struct sandbox *sandbox)
{
	if (sandbox->rules >= 0)
		close(sandbox->rules);
	sandbox->rules = -1;
}

unsigned int sandbox_enter(struct sandbox *sandbox)
{
	unsigned int parts = 0;

	if (SANDBOX_LEFT_OUT)
		return 0;
	/* Programs that are run get no more rights by their files; what follows is for those alone who gave that up. */
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (sandbox->rules >= 0 && !syscall(SYS_landlock_restrict_self, sandbox->rules, 0))
		parts |= SANDBOX_FILES;
	sandbox_cancel(sandbox);
	return parts | (sandbox_calls_enter() ? SANDBOX_CALLS : 0);
}
