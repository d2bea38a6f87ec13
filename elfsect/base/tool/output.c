// SPDX-License-Identifier: GPL-2.0-or-later
#include <unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/tool/cli.h"
#include "base/cleanup.h"

static int write_all(int fd, const char *name, const uint8_t *bytes, uint64_t size)
{
	while (size) {
		const ssize_t done = write(fd, bytes, size < (1u << 30) ? size : 1u << 30);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return cli_trouble("%s: %s", name, strerror(errno));
		bytes += done;
		size -= (uint64_t)done;
	}
	return STATUS_OK;
}

int cli_write_output(const char *out, const uint8_t *bytes, uint64_t size)
{
	struct elfsect_error error;
	struct stat stat_out;

	if (!out || !strcmp(out, "-"))
		return write_all(STDOUT_FILENO, "stdout", bytes, size);
	if (!stat(out, &stat_out) && !S_ISREG(stat_out.st_mode) && !S_ISDIR(stat_out.st_mode)) {
		autoclose int fd = open(out, O_WRONLY | O_CLOEXEC);

		return fd < 0 ? cli_trouble("%s: %s", out, strerror(errno)) : write_all(fd, out, bytes, size);
	}
	return elfsect_file_write(out, bytes, size, &cli_write_options, &error) ? cli_error(&error) : STATUS_OK;
}
