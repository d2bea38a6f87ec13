// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>

#include "commands.h"
#include "base/tool/edit.h"
#include "elfsect_cleanup.h"

static int extract(const char *path, const struct region_option *option, const char *out)
{
	elfsect_autoview struct elfsect_view *view = NULL;
	struct elfsect_region region;
	struct elfsect_error error;
	int status;

	if (elfsect_view_open(path, &view, &error) || region_resolve(option, view, &region, &error))
		return cli_error(&error);
	status = cli_write_output(out, elfsect_region_bytes(view, &region), region.size);
	if (!status && elfsect_view_unchanged(view, &error))
		return cli_error(&error);
	return status;
}

int cmd_extract(int argc, char **argv)
{
	static const struct option options[] = {
		{"section", required_argument, NULL, 's'}, {"symbols", required_argument, NULL, 'S'},
		{"symbol", required_argument, NULL, 'y'},  {"address", required_argument, NULL, 'a'},
		{"output", required_argument, NULL, 'o'},  {0},
	};
	struct region_option region = {0};
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
