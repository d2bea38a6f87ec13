// SPDX-License-Identifier: GPL-2.0-or-later
/* What _describe and _arguments of zsh take, inside single quotes; completion.zsh calls them. */
#include <stdio.h>
#include <string.h>

#include "base/tool/completion.h"

extern const char completion_zsh_text[];

/* Print what stands in single quotes, with a backslash before what has a meaning to _arguments. */
static void print_inside(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '\'')
			fputs("'\\''", stdout);
		else
			completion_escaped(text + i, 1, "\\:[]");
	}
}

static void print_described(const char *word, size_t length, const char *summary)
{
	fputs("\t\t'", stdout);
	print_inside(word, length);
	putchar(':');
	print_inside(summary, strlen(summary));
	fputs("'\n", stdout);
}

static void print_level(const struct tool *tool, const char *group)
{
	printf("\t('%s') commands=(\n", group ? group : "");
	completion_next_words(tool, group, print_described);
	fputs("\t\t) ;;\n", stdout);
}

static size_t word_count;

/* One of the words in the parentheses of an action; they are read by eval. */
static void print_word(const char *word, size_t length, const char *summary)
{
	(void)summary;
	if (word_count++)
		putchar(' ');
	for (size_t i = 0; i < length; i++) {
		if (word[i] == '\'')
			fputs("\\'\\''", stdout);
		else
			completion_escaped(word + i, 1, " \t\\\"`$&|;<>()[]{}*?~#!=^:");
	}
}

/* Behind the colons of a specification: what completes the argument. */
static void print_action(const struct option_row *row, const struct tool *tool)
{
	const bool files = completion_takes_files(row->argument);

	if (!row->words) {
		fputs(files ? "_files" : " ", stdout);
		return;
	}
	word_count = 0;
	printf(files ? " _%s_choose " : "(", tool->name);
	for (const char *const *word = row->words; *word; word++)
		print_word(*word, strlen(*word), "");
	fputs(files ? "" : ")", stdout);
}

static const struct tool *the_tool;

/* "'*--base=[the vmlinux ...]:FILE:_files' \" */
static int print_option(void *context, const struct option_row *row)
{
	(void)context;
	if (!row->name)
		return 0;
	fputs("\t\t\t", stdout);
	if (row->letter)
		printf("'(-%c --%s)'{-%c%s,--%s%s}'", row->letter, row->name, row->letter, row->argument ? "+" : "",
		       row->name, row->argument ? "=" : "");
	else
		printf("'%s--%s%s", row->type == OPTION_STRINGS ? "*" : "", row->name, row->argument ? "=" : "");
	putchar('[');
	print_inside(row->help, completion_clause(row->help));
	putchar(']');
	if (row->argument) {
		putchar(':');
		print_inside(row->argument, strlen(row->argument));
		putchar(':');
		print_action(row, the_tool);
	}
	fputs("' \\\n", stdout);
	return 0;
}

static void print_arguments(const struct command *command)
{
	printf("\t('%s')\n\t\t_arguments -S -s \\\n", command->name);
	command_walk(command, print_option, NULL);
	fputs("\t\t\t'(- *)'{-h,--help}'[the options]' '(- *)--version[the version]' \\\n\t\t\t", stdout);
	word_count = 0;
	printf("'*:file: _%s_choose ", the_tool->name);
	completion_operand_words(command, print_word);
	fputs("'\n\t\t;;\n", stdout);
}

void completion_zsh(const struct tool *tool)
{
	the_tool = tool;
	printf("#compdef %s\n# zsh completion for %s, printed by '%s --completion zsh'\n", tool->name, tool->name,
	       tool->name);
	printf("\n_%s_next()\n{\n\tcase $1 in\n", tool->name);
	completion_levels(tool, print_level);
	fputs("\t(*) return 1 ;;\n\tesac\n}\n", stdout);
	printf("\n_%s_arguments()\n{\n\tcase $1 in\n", tool->name);
	for (const struct command *const *c = tool->commands; *c; c++)
		print_arguments(*c);
	fputs("\tesac\n}\n\n", stdout);
	completion_template(tool, completion_zsh_text);
	printf("\n_%s \"$@\"\n", tool->name);
}
