// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>

#include "base/tool/cli.h"
#include "commands.h"
#include "elfsect_cleanup.h"

static int check_file(const char *path)
{
	elfsect_autoview struct elfsect_view *view = NULL;
	struct elfsect_error error;

	if (elfsect_view_open(path, &view, &error) || elfsect_check(view, ELFSECT_CHECK_RELOCATIONS, &error) ||
	    elfsect_view_unchanged(view, &error))
		return cli_error(&error);
	return STATUS_OK;
}

int cmd_check(int argc, char **argv)
{
	static const struct option options[] = {{0}};
	int status = STATUS_OK;
	int c = getopt_long(argc, argv, ":", options, NULL);

	if (c != -1)
		return cli_bad_option(c, argv);
	if (optind == argc)
		return cli_usage("check: no file given");
	for (int i = optind; i < argc; i++)
		if (check_file(argv[i]))
			status = STATUS_TROUBLE;
	return status;
}
