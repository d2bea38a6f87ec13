// SPDX-License-Identifier: GPL-2.0-or-later
#include "commands.h"
#include "base/tool/edit.h"
#include "elfsect_cleanup.h"

struct remove_values {
	const char *section;
	struct output_option output;
};

static const struct option_row remove_rows[] = {
	STRING_ROW(0, "section", "NAME", struct remove_values, section, "the section"),
	OUTPUT_ROWS(struct remove_values, output),
	RULE_ROW(RULE_NEEDED, "section"),
	{0},
};

static int remove_section(void *values, int count, char **paths)
{
	elfsect_autoplan struct elfsect_plan *plan = NULL;
	elfsect_autoview struct elfsect_view *view = NULL;
	const struct remove_values *v = values;
	struct elfsect_error error;

	(void)count;
	if (!output_option_check(&v->output))
		return STATUS_TROUBLE;
	if (edit_open(paths[0], &v->output, &view, &error) || elfsect_plan_remove(view, v->section, &plan, &error))
		return cli_error(&error);
	return edit_write(plan, paths[0], &v->output);
}

const struct command command_remove = {
	.name = "remove",
	.synopsis = "--section NAME [-o OUT] FILE",
	.summary = "remove a section of a relocatable file with its relocations and symbols",
	.notes = "Its global symbols become undefined if something refers to them and are removed otherwise. A "
		 "reference to the section itself or to one of its local symbols is an error.",
	.options = remove_rows,
	.values_size = sizeof(struct remove_values),
	.least = 1,
	.most = 1,
	.operands = "exactly one file is needed",
	.use = OPERAND_EDITED,
	.run = remove_section,
};
