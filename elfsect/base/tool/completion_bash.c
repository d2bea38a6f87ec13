// SPDX-License-Identifier: GPL-2.0-or-later
/* Four functions of cases, which know the tool; completion.bash knows the shell. */
#include <stdio.h>
#include <string.h>

#include "base/tool/completion.h"

extern const char completion_bash_text[];

static const struct command *the_command;

static void print_word(const char *word, size_t length, const char *summary)
{
	(void)summary;
	putchar(' ');
	completion_quoted(word, length);
}

static void print_whole(const char *word)
{
	print_word(word, strlen(word), "");
}

static void begin(const struct tool *tool, const char *what)
{
	printf("\n_%s_%s()\n{\n\tcase $1 in\n", tool->name, what);
}

static void end(const char *otherwise)
{
	printf("\t*) %s ;;\n\tesac\n}\n", otherwise);
}

/* "sig) words=( 'show' 'verify' ) ;;" */
static void print_level(const struct tool *tool, const char *group)
{
	printf("\t'%s') words=(", group ? group : "");
	completion_next_words(tool, group, print_word);
	fputs(" ) ;;\n", stdout);
}

static int print_option(void *context, const struct option_row *row)
{
	const char letter[] = {'-', row->letter, '\0'};

	(void)context;
	if (!row->name)
		return 0;
	printf(" '--%s'", row->name);
	if (row->letter)
		print_whole(letter);
	return 0;
}

/* "'digest --hash') words=( 'sha256' ) files= ;;" */
static int print_value(void *context, const struct option_row *row)
{
	(void)context;
	if (!row->argument)
		return 0;
	printf("\t'%s --%s'", the_command->name, row->name);
	if (row->letter)
		printf(" | '%s -%c'", the_command->name, row->letter);
	fputs(") words=(", stdout);
	for (const char *const *word = row->words; word && *word; word++)
		print_whole(*word);
	printf(" ) files=%s ;;\n", completion_takes_files(row->argument) ? "yes" : "");
	return 0;
}

static void print_operands(const struct command *command)
{
	printf("\t'%s') words=(", command->name);
	completion_operand_words(command, print_word);
	fputs(" ) ;;\n", stdout);
}

void completion_bash(const struct tool *tool)
{
	printf("# bash completion for %s, printed by '%s --completion bash'\n", tool->name, tool->name);
	completion_template(tool, completion_bash_text);
	begin(tool, "next");
	completion_levels(tool, print_level);
	end("return 1");
	begin(tool, "options");
	for (const struct command *const *c = tool->commands; *c; c++) {
		printf("\t'%s') words=(", (*c)->name);
		command_walk(*c, print_option, NULL);
		fputs(" '--help' '-h' '--version' ) ;;\n", stdout);
	}
	end("return 1");
	begin(tool, "value");
	for (const struct command *const *c = tool->commands; *c; c++) {
		the_command = *c;
		command_walk(*c, print_value, NULL);
	}
	end("return 1");
	begin(tool, "operands");
	for (const struct command *const *c = tool->commands; *c; c++)
		print_operands(*c);
	end("words=()");
	printf("\ncomplete -F _%s %s\n", tool->name, tool->name);
}
