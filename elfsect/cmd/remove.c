// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>

#include "commands.h"
#include "base/tool/edit.h"
#include "elfsect_cleanup.h"

static int remove_section(const char *path, const char *section, const struct output_option *output)
{
	elfsect_autoplan struct elfsect_plan *plan = NULL;
	elfsect_autoview struct elfsect_view *view = NULL;
	struct elfsect_error error;

	if (edit_open(path, output, &view, &error) || elfsect_plan_remove(view, section, &plan, &error))
		return cli_error(&error);
	return edit_write(plan, path, output);
}

int cmd_remove(int argc, char **argv)
{
	static const struct option options[] = {
		{"section", required_argument, NULL, 's'},
		OUTPUT_OPTIONS,
		{0},
	};
	struct output_option output = {0};
	const char *section = NULL;
	int c;

	while ((c = getopt_long(argc, argv, ":o:", options, NULL)) != -1) {
		if (c == 's')
			section = optarg;
		else if (!output_option_parse(&output, c, optarg))
			return cli_bad_option(c, argv);
	}
	if (!section)
		return cli_usage("remove: --section is needed");
	if (optind + 1 != argc)
		return cli_usage("remove: exactly one file is needed");
	return output_option_check(&output) ? remove_section(argv[optind], section, &output) : STATUS_TROUBLE;
}
