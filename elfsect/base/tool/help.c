// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/tool/help.h"

#include <stdio.h>
#include <string.h>

/* The longest line; where the text on an option begins. */
enum { COLUMNS = 96, TEXT_COLUMN = 29 };

/*
 * Print words in lines that begin at `indent`, of which the first is open and has come to that column. Line breaks in
 * the text are kept, and so is the space that a line begins with.
 */
static void print_wrapped(const char *text, size_t indent)
{
	size_t column = indent;

	while (*text) {
		const size_t space = strspn(text, " "), length = strcspn(text + space, " \n");

		if (column > indent && column + space + length > COLUMNS) {
			printf("\n%*s", (int)indent, "");
			column = indent;
			text += space;
			continue;
		}
		printf("%.*s", (int)(space + length), text);
		column += space + length;
		text += space + length;
		if (*text == '\n') {
			text++;
			printf("\n%*s", *text == '\n' ? 0 : (int)indent, "");
			column = indent;
		}
	}
	putchar('\n');
}

/* "  -o, --output OUT           write OUT ..." */
static int print_option(void *context, const struct option_row *row)
{
	char form[96];
	int used;

	(void)context;
	if (!row->name)
		return 0;
	used = row->letter ? snprintf(form, sizeof(form), "  -%c, --%s", row->letter, row->name)
			   : snprintf(form, sizeof(form), "  --%s", row->name);
	if (row->argument)
		used += snprintf(form + used, sizeof(form) - (size_t)used, " %s", row->argument);
	if (used >= TEXT_COLUMN)
		printf("%s\n%*s", form, TEXT_COLUMN, "");
	else
		printf("%-*s", TEXT_COLUMN, form);
	print_wrapped(row->help, TEXT_COLUMN);
	return 0;
}

/* Each line of the synopsis behind the name of the command. */
static void print_synopsis(const struct tool *tool, const struct command *command)
{
	const char *line = command->synopsis;
	const char *before = "usage: ";

	while (*line) {
		const size_t length = strcspn(line, "\n");

		printf("%s%s %s %.*s\n", before, tool->name, command->name, (int)length, line);
		line += length + (line[length] == '\n');
		before = "       ";
	}
}

void help_command(const struct tool *tool, const struct command *command)
{
	print_synopsis(tool, command);
	putchar('\n');
	print_wrapped(command->summary, 0);
	putchar('\n');
	command_walk(command, print_option, NULL);
	if (command->notes) {
		putchar('\n');
		print_wrapped(command->notes, 0);
	}
}

void help_group(const struct tool *tool, const char *word)
{
	const size_t length = strlen(word);

	for (const struct command *const *c = tool->commands; *c; c++)
		if (!strncmp((*c)->name, word, length) && (*c)->name[length] == ' ')
			printf("%s %s\n    %s\n", tool->name, (*c)->name, (*c)->summary);
}

/* Whether a command is of another group than the one before it: names of one word are the first. */
static bool begins_group(const struct tool *tool, const struct command *const *c)
{
	const char *space = strchr((*c)->name, ' ');

	return c != tool->commands && space && strncmp((*c)->name, c[-1]->name, (size_t)(space - (*c)->name) + 1) != 0;
}

void help_tool(const struct tool *tool)
{
	int width = 0;

	printf("usage: %s COMMAND [options] FILE...\n\n%s\n\n", tool->name, tool->summary);
	for (const struct command *const *c = tool->commands; *c; c++)
		width = (int)strlen((*c)->name) > width ? (int)strlen((*c)->name) : width;
	for (const struct command *const *c = tool->commands; *c; c++)
		printf("%s  %-*s  %s\n", begins_group(tool, c) ? "\n" : "", width, (*c)->name, (*c)->summary);
	printf("\nExit status: %s.\n'%s COMMAND --help' shows a command's options.\n", tool->statuses, tool->name);
}
