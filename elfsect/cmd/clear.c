// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>

#include "commands.h"
#include "base/tool/edit.h"
#include "elfsect_cleanup.h"

static int clear(const char *path, const struct region_option *option, const struct output_option *output)
{
	elfsect_autoplan struct elfsect_plan *plan = NULL;
	elfsect_autoview struct elfsect_view *view = NULL;
	struct elfsect_region region;
	struct elfsect_error error;

	if (edit_open(path, output, &view, &error) || region_resolve(option, view, &region, &error) ||
	    elfsect_plan_clear(view, &region, &plan, &error))
		return cli_error(&error);
	return edit_write_data(view, plan, path, output);
}

int cmd_clear(int argc, char **argv)
{
	static const struct option options[] = {
		{"section", required_argument, NULL, 's'},
		{"symbols", required_argument, NULL, 'S'},
		{"symbol", required_argument, NULL, 'y'},
		OUTPUT_OPTIONS,
		{0},
	};
	struct region_option region = {0};
	struct output_option output = {0};
	int c;

	while ((c = getopt_long(argc, argv, ":o:", options, NULL)) != -1) {
		if (c == 's')
			region.section = optarg;
		else if (c == 'S')
			region.symbols = optarg;
		else if (c == 'y')
			region.symbol = optarg;
		else if (!output_option_parse(&output, c, optarg))
			return cli_bad_option(c, argv);
	}
	if (region_option_count(&region) != 1)
		return cli_usage("clear: one of --section, --symbols and --symbol is needed");
	if (optind + 1 != argc)
		return cli_usage("clear: exactly one file is needed");
	return output_option_check(&output) ? clear(argv[optind], &region, &output) : STATUS_TROUBLE;
}
