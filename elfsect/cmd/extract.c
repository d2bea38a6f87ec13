// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <string.h>
#include <sys/stat.h>

#include "commands.h"
#include "edit.h"

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

/* A regular file gets the bytes at once or not at all; devices and pipes are written to. */
static int write_out(const char *out, const uint8_t *bytes, uint64_t size)
{
	struct elfsect_error error;
	struct stat stat_out;

	if (!stat(out, &stat_out) && !S_ISREG(stat_out.st_mode) && !S_ISDIR(stat_out.st_mode)) {
		autoclose int fd = open(out, O_WRONLY | O_CLOEXEC);

		return fd < 0 ? cli_trouble("%s: %s", out, strerror(errno)) : write_all(fd, out, bytes, size);
	}
	return elfsect_file_write(out, bytes, size, &cli_write_options, &error) ? cli_error(&error) : STATUS_OK;
}

static int extract(const char *path, const struct region_option *option, const char *out)
{
	autoview struct elfsect_view *view = NULL;
	struct elfsect_region region;
	struct elfsect_error error;
	int status;

	if (elfsect_view_open(path, &view, &error) || region_resolve(option, view, &region, &error))
		return cli_error(&error);
	if (!out || !strcmp(out, "-"))
		status = write_all(STDOUT_FILENO, "stdout", elfsect_region_bytes(view, &region), region.size);
	else
		status = write_out(out, elfsect_region_bytes(view, &region), region.size);
	if (!status && elfsect_view_unchanged(view, &error))
		return cli_error(&error);
	return status;
}

int cmd_extract(int argc, char **argv)
{
	static const struct option options[] = {
		{ "section", required_argument, NULL, 's' }, { "symbols", required_argument, NULL, 'S' },
		{ "symbol", required_argument, NULL, 'y' },  { "address", required_argument, NULL, 'a' },
		{ "output", required_argument, NULL, 'o' },  { 0 },
	};
	struct region_option region = { 0 };
	const char *out = NULL;
	int c;

	while ((c = getopt_long(argc, argv, ":o:", options, NULL)) != -1) {
		if (c == 's')
			region.section = optarg;
		else if (c == 'S')
			region.symbols = optarg;
		else if (c == 'y')
			region.symbol = optarg;
		else if (c == 'a')
			region.addresses = optarg;
		else if (c == 'o')
			out = optarg;
		else
			return cli_bad_option(c, argv);
	}
	if (region_option_count(&region) != 1)
		return cli_usage("extract: one of --section, --symbols, --symbol and --address is needed");
	if (optind + 1 != argc)
		return cli_usage("extract: exactly one file is needed");
	return extract(argv[optind], &region, out);
}
