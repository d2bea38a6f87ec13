// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * load_module [-f | -m | -c] FILE...: one system call a file, and what the kernel said. (busybox tries a second way on
 * errors.)
 *
 * -f: finit_module(2), the default; -m: init_module(2), which takes the module from memory; -c: finit_module,
 * compressed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/module.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MODULE_INIT_COMPRESSED_FILE
#define MODULE_INIT_COMPRESSED_FILE 4
#endif

static long init_module(int fd)
{
	struct stat st;
	void *image;

	if (fstat(fd, &st) < 0)
		return -1;
	image = malloc((size_t)st.st_size + 1);
	if (!image || read(fd, image, (size_t)st.st_size) != st.st_size)
		return -1;
	return syscall(SYS_init_module, image, (unsigned long)st.st_size, "");
}

static int load(const char *path, int way)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const int flags = way == 'c' ? MODULE_INIT_COMPRESSED_FILE : 0;
	const int failed = fd < 0 || (way == 'm' ? init_module(fd) : syscall(SYS_finit_module, fd, "", flags)) < 0;

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
	int failed = 0, way = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 1; i < argc; i++) {
		if (argv[i][0] == '-')
			way = argv[i][1];
		else
			failed |= load(argv[i], way);
	}
	return failed;
}
