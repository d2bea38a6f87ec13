// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/tool/command.h"

#include <stdlib.h>

static const struct option_row common_rows[] = {
	FLAG_ROW(0, "no-sandbox", struct common_options, no_sandbox,
		 "keep the right to run programs, connect, and write elsewhere, which the command does not need"),
	{0},
};

/* Where they are: behind the command's structure. */
static size_t common_offset(const struct command *command)
{
	const size_t unit = _Alignof(struct common_options);

	return (command->values_size + unit - 1) / unit * unit;
}

void command_rows(const struct command *command, struct option_row rows[3])
{
	size_t count = 0;

	if (command->options)
		rows[count++] = (struct option_row){.type = OPTION_GROUP, .group = command->options};
	rows[count++] =
		(struct option_row){.type = OPTION_GROUP, .group = common_rows, .offset = common_offset(command)};
	rows[count] = (struct option_row){0};
}

int command_walk(const struct command *command, option_visitor *visit, void *context)
{
	struct option_row rows[3];

	command_rows(command, rows);
	return options_walk(rows, visit, context);
}

void *command_values(const struct command *command, const struct common_options **common)
{
	char *values = calloc(1, common_offset(command) + sizeof(**common));

	*common = values ? (const void *)(values + common_offset(command)) : NULL;
	return values;
}
