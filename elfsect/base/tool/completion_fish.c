// SPDX-License-Identifier: GPL-2.0-or-later
/* A line of "complete" for each command, option and operand that is a word, with the condition of completion.fish. */
#include <stdio.h>
#include <string.h>

#include "base/tool/completion.h"

extern const char completion_fish_text[];

static const struct tool *the_tool;
static const char *typed; /* the group, or the command */

/* Inside single quotes fish reads a backslash before these two alone. */
static void print_quoted(const char *text, size_t length)
{
	putchar('\'');
	completion_escaped(text, length, "'\\");
	putchar('\'');
}

/* A word of a list, which fish expands once more when it completes. */
static void print_listed(const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (strchr(" \t\\'\"$*?~#(){}[]<>^&|;%", word[i]))
			fputs("\\\\", stdout);
		completion_escaped(word + i, 1, "'\\");
	}
}

static void begin(const char *condition)
{
	printf("complete -c %s -n '__fish_%s_%s%s%s'", the_tool->name, the_tool->name, condition, *typed ? " " : "",
	       typed);
}

static void print_command(const char *word, size_t length, const char *summary)
{
	begin("is");
	fputs(" -f -a '", stdout);
	print_listed(word, length);
	fputs("' -d ", stdout);
	print_quoted(summary, strlen(summary));
	putchar('\n');
}

static void print_level(const struct tool *tool, const char *group)
{
	typed = group ? group : "";
	completion_next_words(tool, group, print_command);
}

static void print_operand(const char *word, size_t length, const char *summary)
{
	(void)summary;
	begin("begins");
	fputs(" -a '", stdout);
	print_listed(word, length);
	fputs("'\n", stdout);
}

static int print_option(void *context, const struct option_row *row)
{
	(void)context;
	if (!row->name)
		return 0;
	begin("begins");
	printf(" -l %s", row->name);
	if (row->letter)
		printf(" -s %c", row->letter);
	if (row->argument)
		fputs(completion_takes_files(row->argument) ? " -r -F" : " -x", stdout);
	if (row->words) {
		fputs(" -a '", stdout);
		for (const char *const *word = row->words; *word; word++) {
			fputs(word == row->words ? "" : " ", stdout);
			print_listed(*word, strlen(*word));
		}
		putchar('\'');
	}
	fputs(" -d ", stdout);
	print_quoted(row->help, completion_clause(row->help));
	putchar('\n');
	return 0;
}

void completion_fish(const struct tool *tool)
{
	the_tool = tool;
	printf("# fish completion for %s, printed by '%s --completion fish'\n", tool->name, tool->name);
	completion_template(tool, completion_fish_text);
	completion_levels(tool, print_level);
	typed = "";
	begin("is");
	fputs(" -l help -s h -d 'the commands, or the options of one'\n", stdout);
	begin("is");
	fputs(" -l version -s V -d 'the version'\n", stdout);
	begin("is");
	fputs(" -l completion -d 'print a script that completes command lines'\n", stdout);
	typed = "--completion";
	begin("is");
	fputs(" -f -a 'bash zsh fish'\n", stdout);
	for (const struct command *const *c = tool->commands; *c; c++) {
		typed = (*c)->name;
		command_walk(*c, print_option, NULL);
		completion_operand_words(*c, print_operand);
		begin("begins");
		fputs(" -l help -s h -d 'the options'\n", stdout);
		begin("begins");
		fputs(" -l version -d 'the version'\n", stdout);
	}
}
