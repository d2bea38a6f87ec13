// SPDX-License-Identifier: GPL-2.0-or-later
#include "commands.h"
#include "elfsect_cleanup.h"

static int check_file(const char *path)
{
	elfsect_autoview struct elfsect_view *view = NULL;
	struct elfsect_error error;

	if (elfsect_view_open(path, &view, &error) ||
	    elfsect_check(view, ELFSECT_CHECK_RELOCATIONS | ELFSECT_CHECK_PLACES, &error) ||
	    elfsect_view_unchanged(view, &error))
		return cli_error(&error);
	return STATUS_OK;
}

static int check(void *values, int count, char **paths)
{
	int status = STATUS_OK;

	(void)values;
	for (int i = 0; i < count; i++)
		if (check_file(paths[i]))
			status = STATUS_TROUBLE;
	return status;
}

const struct command command_check = {
	.name = "check",
	.synopsis = "FILE...",
	.summary = "check the structure of ELF files",
	.notes = "Exit status 0: every file is sound; 2: what is wrong, and where.",
	.least = 1,
	.operands = "no file given",
	.run = check,
};
