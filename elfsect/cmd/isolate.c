// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>

#include "commands.h"
#include "base/tool/edit.h"
#include "elfsect_cleanup.h"

struct arguments {
	const char *symbols;
	const char *into;
	struct output_option output;
	const char *path;
	uint64_t align;
};

static int isolate(const struct arguments *a)
{
	elfsect_autoplan struct elfsect_plan *plan = NULL;
	elfsect_autoview struct elfsect_view *view = NULL;
	struct elfsect_region region;
	struct elfsect_error error;

	if (edit_open(a->path, &a->output, &view, &error) ||
	    elfsect_region_of_symbols(view, a->symbols, &region, &error) ||
	    elfsect_plan_isolate(view, &region, a->into, a->align, &plan, &error))
		return cli_error(&error);
	return edit_write(plan, a->path, &a->output);
}

int cmd_isolate(int argc, char **argv)
{
	static const struct option options[] = {
		{"symbols", required_argument, NULL, 'S'},
		{"into", required_argument, NULL, 'i'},
		{"align", required_argument, NULL, 'a'},
		OUTPUT_OPTIONS,
		{0},
	};
	struct arguments a = {0};
	unsigned long long number;
	int c;

	while ((c = getopt_long(argc, argv, ":o:", options, NULL)) != -1) {
		if (c == 'S') {
			a.symbols = optarg;
		} else if (c == 'i') {
			a.into = optarg;
		} else if (c == 'a') {
			if (!cli_number(optarg, &number) || !number || (number & (number - 1)))
				return cli_usage("isolate: --align %s: not a power of two", optarg);
			a.align = number;
		} else if (!output_option_parse(&a.output, c, optarg)) {
			return cli_bad_option(c, argv);
		}
	}
	if (!a.symbols || !a.into || !*a.into)
		return cli_usage("isolate: --symbols and --into are needed");
	if (optind + 1 != argc)
		return cli_usage("isolate: exactly one file is needed");
	a.path = argv[optind];
	return output_option_check(&a.output) ? isolate(&a) : STATUS_TROUBLE;
}
