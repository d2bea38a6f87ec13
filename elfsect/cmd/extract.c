// SPDX-License-Identifier: GPL-2.0-or-later
#include "commands.h"
#include "region_option.h"
#include "elfsect_cleanup.h"

struct extract_values {
	struct region_option region;
	const char *out;
};

static const struct option_row extract_rows[] = {
	REGION_ROWS(struct extract_values, region),
	STRING_ROW(0, "address", "A..B", struct extract_values, region.addresses,
		   "the bytes at these addresses of a linked file"),
	EFFECT_ROW(EFFECT_FILE, 'o', "output", "OUT", struct extract_values, out, "a file instead of stdout"),
	RULE_ROW(RULE_ONE_OF, "section", "symbols", "symbol", "address"),
	{0},
};

static int extract(void *values, int count, char **paths)
{
	elfsect_autoview struct elfsect_view *view = NULL;
	const struct extract_values *v = values;
	struct elfsect_region region;
	struct elfsect_error error;
	int status;

	(void)count;
	if (elfsect_view_open(paths[0], &view, &error) || region_resolve(&v->region, view, &region, &error))
		return cli_error(&error);
	status = cli_write_output(v->out, elfsect_region_bytes(view, &region), region.size);
	if (!status && elfsect_view_unchanged(view, &error))
		return cli_error(&error);
	return status;
}

const struct command command_extract = {
	.name = "extract",
	.synopsis = "REGION [-o OUT] FILE",
	.summary = "write the bytes of a region to stdout or a file",
	.options = extract_rows,
	.values_size = sizeof(struct extract_values),
	.least = 1,
	.most = 1,
	.operands = "exactly one file is needed",
	.run = extract,
};
