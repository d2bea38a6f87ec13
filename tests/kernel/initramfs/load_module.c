// SPDX-License-Identifier: GPL-2.0-or-later
/* load_module FILE...: finit_module(2), once a file, and what the kernel said. (busybox tries a second way on errors.) */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int load(const char *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const int failed = fd < 0 || syscall(SYS_finit_module, fd, "", 0) < 0;

	if (failed)
		printf("load_module: %s: %s: %s\n", name, strerrorname_np(errno), strerror(errno));
	else
		printf("load_module: %s: loaded\n", name);
	if (fd >= 0)
		close(fd);
	return failed;
}

int main(int argc, char **argv)
{
	int failed = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 1; i < argc; i++)
		failed |= load(argv[i]);
	return failed;
}
