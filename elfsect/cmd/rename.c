// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "commands.h"
#include "base/tool/edit.h"
#include "base/cleanup.h"
#include "elfsect_cleanup.h"

struct rename_values {
	struct output_option output;
};

static const struct option_row rename_rows[] = {
	OUTPUT_ROWS(struct rename_values, output),
	{0},
};

/* The operands are FILE and OLD=NEW. */
static int rename_section(void *values, int count, char **operands)
{
	elfsect_autoplan struct elfsect_plan *plan = NULL;
	elfsect_autoview struct elfsect_view *view = NULL;
	const char *path = operands[0], *names = operands[1], *equal = strchr(names, '=');
	const struct rename_values *v = values;
	autofree char *from = NULL;
	struct elfsect_error error;

	(void)count;
	if (!output_option_check(&v->output))
		return STATUS_TROUBLE;
	if (!equal || equal == names || !equal[1])
		return cli_usage("%s: not of the form OLD=NEW", names);
	from = strndup(names, (size_t)(equal - names));
	if (!from)
		return cli_trouble("%s", strerror(ENOMEM));
	if (edit_open(path, &v->output, &view, &error) || elfsect_plan_rename(view, from, equal + 1, &plan, &error))
		return cli_error(&error);
	return edit_write(plan, path, &v->output);
}

const struct command command_rename = {
	.name = "rename",
	.synopsis = "[-o OUT] FILE OLD=NEW",
	.summary = "rename a section of a relocatable file and its relocation section",
	.options = rename_rows,
	.values_size = sizeof(struct rename_values),
	.least = 2,
	.most = 2,
	.operands = "a file and OLD=NEW are needed",
	.use = OPERAND_EDITED,
	.run = rename_section,
};
