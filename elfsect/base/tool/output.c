// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/tool/output.h"

#include <unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/files.h"
#include "base/tool/messages.h"
#include "base/tool/signals.h"

int cli_read_file(const char *path, uint64_t limit, uint8_t **bytes, uint64_t *size)
{
	struct elfsect_error error;
	int ret;

	if (strcmp(path, "-"))
		return file_read(path, limit, bytes, size, &error) ? cli_error(&error) : STATUS_OK;
	ret = read_all(STDIN_FILENO, limit, bytes, size);
	if (ret == -EFBIG)
		return cli_trouble("stdin: larger than %ju bytes", (uintmax_t)limit);
	return ret ? cli_trouble("stdin: %s", strerror(-ret)) : STATUS_OK;
}

static int write_to(int fd, const char *name, const uint8_t *bytes, uint64_t size)
{
	const int ret = write_all(fd, bytes, size);

	return ret ? cli_trouble("%s: %s", name, strerror(-ret)) : STATUS_OK;
}

int cli_write_output(const char *out, const uint8_t *bytes, uint64_t size)
{
	struct elfsect_error error;
	struct stat stat_out;

	if (!out || !strcmp(out, "-"))
		return write_to(STDOUT_FILENO, "stdout", bytes, size);
	if (!stat(out, &stat_out) && !S_ISREG(stat_out.st_mode) && !S_ISDIR(stat_out.st_mode)) {
		autoclose int fd = open(out, O_WRONLY | O_CLOEXEC);

		return fd < 0 ? cli_trouble("%s: %s", out, strerror(errno)) : write_to(fd, out, bytes, size);
	}
	return elfsect_file_write(out, bytes, size, &cli_write_options, &error) ? cli_error(&error) : STATUS_OK;
}
