// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/tool/inputs.h"

#include <string.h>
#include <sys/stat.h>

#include "base/tool/messages.h"

/* Regular files that outputs name, and what is compared with them. */
struct outputs {
	const void *values;
	const struct option_row *row; /* of the output that is looked at */
	const char *path;
	struct stat st;
	const struct command *command;
	int count;
	char **operands;
};

static int compare(const struct outputs *o, const char *input)
{
	struct stat st;

	if (stat(input, &st) || st.st_dev != o->st.st_dev || st.st_ino != o->st.st_ino)
		return STATUS_OK;
	return cli_usage("--%s %s would replace %s, which is read", o->row->name, o->path, input);
}

/* The arguments of other options that are files: whatever names the same one. */
static int compare_option(void *context, const struct option_row *row)
{
	const struct outputs *o = context;
	const void *place = (const char *)o->values + row->offset;
	int status = STATUS_OK;

	if (row->effect != EFFECT_NONE)
		return STATUS_OK;
	if (row->type == OPTION_STRING && *(const char *const *)place)
		return compare(o, *(const char *const *)place);
	if (row->type == OPTION_STRINGS) {
		const struct option_strings *list = place;

		for (size_t i = 0; i < list->count && !status; i++)
			status = compare(o, list->words[i]);
	}
	return status;
}

static int first_read(enum operand_use use, int count)
{
	return use == OPERANDS_READ ? 0 : use == OPERAND_EDITED ? 1 : count;
}

static int look_at_output(void *context, const struct option_row *row)
{
	struct outputs *o = context;
	const char *path =
		row->type == OPTION_STRING ? *(const char *const *)((const char *)o->values + row->offset) : NULL;
	int status = STATUS_OK;

	if (row->effect != EFFECT_FILE || !path || !strcmp(path, "-") || stat(path, &o->st) || !S_ISREG(o->st.st_mode))
		return STATUS_OK;
	o->row = row;
	o->path = path;
	for (int i = first_read(o->command->use, o->count); i < o->count && !status; i++)
		status = compare(o, o->operands[i]);
	return status ? status : options_walk(o->command->options, compare_option, o);
}

int inputs_are_kept(const struct command *command, const void *values, int count, char **operands)
{
	struct outputs o = {.values = values, .command = command, .count = count, .operands = operands};

	return options_walk(command->options, look_at_output, &o);
}
