// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>

#include "commands.h"
#include "edit.h"

static int remove_section(const char *path, const char *section, const char *out)
{
	autoplan struct elfsect_plan *plan = NULL;
	autoview struct elfsect_view *view = NULL;
	struct elfsect_error error;

	if (elfsect_view_open(path, &view, &error) || elfsect_plan_remove(view, section, &plan, &error))
		return cli_error(&error);
	return edit_write(plan, path, out);
}

int cmd_remove(int argc, char **argv)
{
	static const struct option options[] = {
		{ "section", required_argument, NULL, 's' },
		{ "output", required_argument, NULL, 'o' },
		{ 0 },
	};
	const char *out = NULL, *section = NULL;
	int c;

	while ((c = getopt_long(argc, argv, ":o:", options, NULL)) != -1) {
		if (c == 's')
			section = optarg;
		else if (c == 'o')
			out = optarg;
		else
			return cli_bad_option(c, argv);
	}
	if (!section)
		return cli_usage("remove: --section is needed");
	if (optind + 1 != argc)
		return cli_usage("remove: exactly one file is needed");
	return edit_check_output(out) ? remove_section(argv[optind], section, out) : STATUS_TROUBLE;
}
