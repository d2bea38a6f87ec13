// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/tool/completion.h"

#include <stdio.h>
#include <string.h>

#include "base/tool/messages.h"

static const struct {
	const char *name;
	void (*print)(const struct tool *tool);
} shells[] = {
	{"bash", completion_bash},
	{"zsh", completion_zsh},
	{"fish", completion_fish},
};

int completion_main(const struct tool *tool, const char *shell)
{
	if (!shell)
		return cli_usage("--completion needs the name of a shell: bash, zsh or fish");
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (!strcmp(shells[i].name, shell)) {
			shells[i].print(tool);
			return STATUS_OK;
		}
	}
	return cli_usage("--completion is bash, zsh or fish, not '%s'", shell);
}

void completion_template(const struct tool *tool, const char *text)
{
	static const char mark[] = "TOOL";

	for (const char *at; (at = strstr(text, mark)); text = at + sizeof(mark) - 1)
		printf("%.*s%s", (int)(at - text), text, tool->name);
	fputs(text, stdout);
}

/* --------------------------------------------------------------------------------------------------------- commands */

/* The letters of the group that a command belongs to; 0: to none. */
static size_t group_length(const struct command *command)
{
	const char *space = strchr(command->name, ' ');

	return space ? (size_t)(space - command->name) : 0;
}

/* Commands of a group stand in a row. */
static bool begins_group(const struct tool *tool, const struct command *const *c)
{
	const size_t length = group_length(*c);

	return length && (c == tool->commands || strncmp(c[-1]->name, (*c)->name, length + 1) != 0);
}

void completion_levels(const struct tool *tool, completion_level *print)
{
	char group[64];

	print(tool, NULL);
	for (const struct command *const *c = tool->commands; *c; c++) {
		if (!begins_group(tool, c))
			continue;
		snprintf(group, sizeof(group), "%.*s", (int)group_length(*c), (*c)->name);
		print(tool, group);
	}
}

/* "show, verify, strip": what a group has. The text is static. */
static const char *commands_of(const struct command *const *c)
{
	static char text[256];
	const size_t length = group_length(*c);
	const char *group = (*c)->name;
	size_t used = 0;

	for (; *c && !strncmp((*c)->name, group, length + 1) && used < sizeof(text); c++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", used ? ", " : "",
					 (*c)->name + length + 1);
	return text;
}

void completion_next_words(const struct tool *tool, const char *group, completion_word *receive)
{
	const size_t wanted = group ? strlen(group) : 0;

	for (const struct command *const *c = tool->commands; *c; c++) {
		const size_t length = group_length(*c);
		const char *name = (*c)->name;

		if (wanted && length == wanted && !strncmp(name, group, wanted))
			receive(name + wanted + 1, strlen(name + wanted + 1), (*c)->summary);
		else if (!wanted && !length)
			receive(name, strlen(name), (*c)->summary);
		else if (!wanted && begins_group(tool, c))
			receive(name, length, commands_of(c));
	}
	if (!wanted)
		receive("help", 4, "the options of a command");
}

/* -------------------------------------------------------------------------------------------------------- arguments */

static bool is_one_of(const char *word, size_t length, const char *const *list)
{
	while (*list && (strlen(*list) != length || strncmp(*list, word, length) != 0))
		list++;
	return *list;
}

/* Of the alternatives of an argument: a placeholder in capitals, other than those of what is no file. */
static bool is_file(const char *word, size_t length)
{
	static const char *const others[] = {"NAME", "N", "HEX", "FLAGS", "FORMAT", "RULE", NULL};

	return length && strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == length && !is_one_of(word, length, others);
}

bool completion_takes_files(const char *argument)
{
	while (argument && *argument) {
		const size_t length = strcspn(argument, "|");

		if (is_file(argument, length))
			return true;
		argument += length + (argument[length] == '|');
	}
	return false;
}

/* The words of "linux|strict|FILE". */
static void receive_words(const char *alternatives, size_t room, completion_word *receive)
{
	for (const char *end = alternatives + room; alternatives < end;) {
		const size_t length = strcspn(alternatives, "| \n");

		if (length && *alternatives != '-' &&
		    strspn(alternatives, "abcdefghijklmnopqrstuvwxyz0123456789-") == length)
			receive(alternatives, length, "");
		alternatives += length + 1;
	}
}

void completion_operand_words(const struct command *command, completion_word *receive)
{
	const char *line = command->synopsis;

	while (*line) {
		const size_t length = strcspn(line, "\n");
		const char *last = line + length;

		while (last > line && last[-1] != ' ')
			last--;
		receive_words(last, (size_t)(line + length - last), receive);
		line += length + (line[length] == '\n');
	}
}

/* ------------------------------------------------------------------------------------------------------------- text */

size_t completion_clause(const char *text)
{
	size_t length = 0;

	for (; text[length] && text[length] != '\n'; length++)
		if (strchr(";.", text[length]) && (!text[length + 1] || strchr(" \n", text[length + 1])))
			break;
	while (length && text[length - 1] == ':')
		length--;
	return length;
}

void completion_escaped(const char *text, size_t length, const char *odd)
{
	for (size_t i = 0; i < length; i++) {
		if (strchr(odd, text[i]))
			putchar('\\');
		putchar(text[i]);
	}
}

void completion_quoted(const char *text, size_t length)
{
	putchar('\'');
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '\'')
			fputs("'\\''", stdout);
		else
			putchar(text[i]);
	}
	putchar('\'');
}
