// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <getopt.h>

#include "commands.h"
#include "base/tool/edit.h"

int cmd_recover(int argc, char **argv)
{
	static const struct option options[] = {{0}};
	enum elfsect_recovery recovery;
	struct elfsect_error error;
	int c, status = STATUS_OK;

	while ((c = getopt_long(argc, argv, ":", options, NULL)) != -1)
		return cli_bad_option(c, argv);
	if (optind == argc)
		return cli_usage("recover: a file is needed");
	for (int i = optind; i < argc; i++) {
		if (elfsect_recover(argv[i], &recovery, &error))
			status = cli_error(&error);
		else if (recovery == ELFSECT_NOTHING_TO_RECOVER)
			fprintf(stderr, "elfsect: %s: nothing to recover\n", argv[i]);
		else
			edit_note_recovery(argv[i], recovery);
	}
	return status;
}
