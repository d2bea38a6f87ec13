// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "commands.h"
#include "base/tool/edit.h"
#include "base/cleanup.h"
#include "elfsect_cleanup.h"

static int rename_section(const char *path, const char *from, const char *to, const struct output_option *output)
{
	elfsect_autoplan struct elfsect_plan *plan = NULL;
	elfsect_autoview struct elfsect_view *view = NULL;
	struct elfsect_error error;

	if (edit_open(path, output, &view, &error) || elfsect_plan_rename(view, from, to, &plan, &error))
		return cli_error(&error);
	return edit_write(plan, path, output);
}

int cmd_rename(int argc, char **argv)
{
	static const struct option options[] = {OUTPUT_OPTIONS, {0}};
	autofree char *from = NULL;
	struct output_option output = {0};
	const char *equal;
	int c;

	while ((c = getopt_long(argc, argv, ":o:", options, NULL)) != -1) {
		if (!output_option_parse(&output, c, optarg))
			return cli_bad_option(c, argv);
	}
	if (optind + 2 != argc)
		return cli_usage("rename: a file and OLD=NEW are needed");
	if (!output_option_check(&output))
		return STATUS_TROUBLE;
	equal = strchr(argv[optind + 1], '=');
	if (!equal || equal == argv[optind + 1] || !equal[1])
		return cli_usage("rename: %s: not of the form OLD=NEW", argv[optind + 1]);
	from = strndup(argv[optind + 1], (size_t)(equal - argv[optind + 1]));
	if (!from)
		return cli_trouble("%s", strerror(ENOMEM));
	return rename_section(argv[optind], from, equal + 1, &output);
}
