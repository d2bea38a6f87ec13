// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/tool/confine.h"

#include <string.h>

#include "base/tool/sandbox.h"

struct effects {
	const void *values;
	struct sandbox sandbox;
	bool any, edit, output;
};

/* An option with an effect; those are flags and strings. */
static bool is_given(const struct effects *e, const struct option_row *row, const char **argument)
{
	const void *place = (const char *)e->values + row->offset;

	*argument = row->type == OPTION_STRING ? *(const char *const *)place : NULL;
	return *argument || (row->type == OPTION_FLAG && *(const bool *)place);
}

static int take_effect(void *context, const struct option_row *row)
{
	struct effects *e = context;
	const char *argument;

	if (row->effect == EFFECT_NONE || !is_given(e, row, &argument))
		return 0;
	e->any |= row->effect == EFFECT_ANY;
	e->edit |= row->effect == EFFECT_EDIT;
	e->output |= row->effect == EFFECT_FILE || row->effect == EFFECT_FOLDER;
	if (row->effect == EFFECT_FILE && strcmp(argument, "-") != 0)
		sandbox_write_file(&e->sandbox, argument);
	if (row->effect == EFFECT_FOLDER)
		sandbox_write_folder(&e->sandbox, argument);
	return 0;
}

/* How many of the operands are edited: the first ones. */
static int count_edited(const struct effects *e, enum operand_use use, int count)
{
	if (use == OPERANDS_EDITED || (use == OPERANDS_EDITED_WITHOUT_OUTPUT && !e->output))
		return count;
	return count && (use == OPERAND_EDITED || e->edit) ? 1 : 0;
}

void confine(const struct tool *tool, const struct command *command, const void *values, int count, char **operands)
{
	struct effects e = {.values = values};

	sandbox_begin(&e.sandbox);
	options_walk(command->options, take_effect, &e);
	for (int i = 0; i < count_edited(&e, command->use, count); i++)
		if (strcmp(operands[i], "-") != 0)
			sandbox_write_file(&e.sandbox, operands[i]);
	if (tool->temporary_folder)
		sandbox_write_file(&e.sandbox, tool->temporary_folder());
	if (e.any)
		sandbox_cancel(&e.sandbox);
	else
		sandbox_enter(&e.sandbox);
}
