// SPDX-License-Identifier: GPL-2.0-or-later
#include "commands.h"
#include "region_option.h"
#include "base/tool/edit.h"
#include "elfsect_cleanup.h"

struct clear_values {
	struct region_option region;
	struct output_option output;
};

static const struct option_row clear_rows[] = {
	REGION_ROWS(struct clear_values, region),
	OUTPUT_ROWS(struct clear_values, output),
	RULE_ROW(RULE_ONE_OF, "section", "symbols", "symbol"),
	{0},
};

static int clear(void *values, int count, char **paths)
{
	elfsect_autoplan struct elfsect_plan *plan = NULL;
	elfsect_autoview struct elfsect_view *view = NULL;
	const struct clear_values *v = values;
	struct elfsect_region region;
	struct elfsect_error error;

	(void)count;
	if (!output_option_check(&v->output))
		return STATUS_TROUBLE;
	if (edit_open(paths[0], &v->output, &view, &error) || region_resolve(&v->region, view, &region, &error) ||
	    elfsect_plan_clear(view, &region, &plan, &error))
		return cli_error(&error);
	return edit_write_data(view, plan, paths[0], &v->output);
}

const struct command command_clear = {
	.name = "clear",
	.synopsis = "REGION [-o OUT] FILE",
	.summary = "make the bytes of a region zero",
	.notes = "Code is refused, and in relocatable files bytes that relocations change.",
	.options = clear_rows,
	.values_size = sizeof(struct clear_values),
	.least = 1,
	.most = 1,
	.operands = "exactly one file is needed",
	.use = OPERAND_EDITED,
	.run = clear,
};
