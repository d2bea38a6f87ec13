// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/tool/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/tool/completion.h"
#include "base/tool/confine.h"
#include "base/tool/crypto.h"
#include "base/tool/help.h"
#include "base/tool/inputs.h"
#include "base/tool/nearest.h"

/* Flush stdout; an error there (full disk, closed pipe) is trouble. */
static int finish(int status)
{
	if (fflush(stdout) || ferror(stdout))
		return cli_trouble("stdout: %s", strerror(errno));
	return status;
}

/*
 * The command that the words begin with. A name of two words ("keyring list") takes both; *used receives how many.
 * NULL: none; *group is then set if the first word begins such names.
 */
static const struct command *find_command(const struct tool *tool, int count, char **words, int *used, bool *group)
{
	*group = false;
	for (const struct command *const *c = tool->commands; *c; c++) {
		const char *name = (*c)->name, *space = strchr(name, ' ');
		const size_t first = space ? (size_t)(space - name) : strlen(name);

		if (strlen(words[0]) != first || strncmp(name, words[0], first) != 0)
			continue;
		*group = space;
		*used = space ? 2 : 1;
		if (!space || (count > 1 && !strcmp(space + 1, words[1])))
			return *c;
	}
	return NULL;
}

static bool is_help(const char *word)
{
	return !strcmp(word, "--help") || !strcmp(word, "-h");
}

static int print_version(const struct tool *tool)
{
	printf("%s %s\n", tool->name, tool->version);
	return finish(STATUS_OK);
}

/* argv[0] stands for the name of the command. */
static int run(const struct tool *tool, const struct command *c, int argc, char **argv)
{
	const struct common_options *common;
	autofree void *values = command_values(c, &common);
	struct option_row rows[3];
	int first, status, count;

	if (!values)
		return cli_trouble("%s", strerror(ENOMEM));
	command_rows(c, rows);
	first = options_parse(rows, values, argc, argv);
	count = argc - first;
	if (first < 0)
		status = STATUS_TROUBLE;
	else if (count < c->least || (c->most && count > c->most))
		status = cli_usage("%s", c->operands);
	else
		status = inputs_are_kept(c, values, count, argv + first);
	if (!status) {
		if (!common->no_sandbox)
			confine(tool, c, values, count, argv + first);
		status = c->run(values, count, argv + first);
	}
	options_clear(rows, values);
	return finish(status);
}

/* The command that was meant, or the group of commands: "strip" is "sig strip" too. */
static const char *question(const struct tool *tool, const char *word)
{
	struct nearest near = {.word = word};

	for (const struct command *const *c = tool->commands; *c; c++) {
		const char *name = (*c)->name, *space = strchr(name, ' ');

		if (space && !strcmp(space + 1, word)) {
			near = (struct nearest){word, name, strlen(name), 0};
			break;
		}
		nearest_offer(&near, name, space ? (size_t)(space - name) : strlen(name));
	}
	return nearest_question(&near, "");
}

static const char *question_in_group(const struct tool *tool, const char *group, const char *word)
{
	const size_t length = strlen(group);
	struct nearest near = {.word = word};

	for (const struct command *const *c = tool->commands; *c; c++)
		if (!strncmp((*c)->name, group, length) && (*c)->name[length] == ' ')
			nearest_offer(&near, (*c)->name + length + 1, strlen((*c)->name + length + 1));
	return nearest_question(&near, "");
}

/* The words do not begin with a command. */
static int no_command(const struct tool *tool, int argc, char **argv, bool group, bool help)
{
	if (group && (help || (argc > 1 && is_help(argv[1])))) {
		help_group(tool, argv[0]);
		return finish(STATUS_OK);
	}
	if (group && argc > 1)
		return cli_trouble("unknown command '%s %s'%s (see '%s %s --help')", argv[0], argv[1],
				   question_in_group(tool, argv[0], argv[1]), tool->name, argv[0]);
	if (group)
		return cli_trouble("%s: which of its commands? (see '%s %s --help')", argv[0], tool->name, argv[0]);
	return cli_usage("unknown command '%s'%s", argv[0], question(tool, argv[0]));
}

/* argv[0] is the first word of a command, or not. */
static int dispatch(const struct tool *tool, int argc, char **argv, bool help)
{
	int used;
	bool group;
	const struct command *c = find_command(tool, argc, argv, &used, &group);

	if (!c)
		return no_command(tool, argc, argv, group, help);
	messages_begin(tool->name, c->name);
	for (int i = used; i < argc && strcmp(argv[i], "--"); i++) {
		help = help || is_help(argv[i]);
		if (!help && !strcmp(argv[i], "--version"))
			return print_version(tool);
	}
	if (help) {
		help_command(tool, c);
		return finish(STATUS_OK);
	}
	return run(tool, c, argc - used + 1, argv + used - 1);
}

int cli_main(const struct tool *tool, int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : NULL;

	messages_begin(tool->name, NULL);
	signals_handle(tool->name);
	crypto_begin();
	if (!word)
		return cli_usage("no command given");
	if (is_help(word) || (!strcmp(word, "help") && argc == 2)) {
		help_tool(tool);
		return finish(STATUS_OK);
	}
	if (!strcmp(word, "--version") || !strcmp(word, "-V"))
		return print_version(tool);
	if (!strcmp(word, "--completion"))
		return finish(completion_main(tool, argv[2]));
	if (!strcmp(word, "help"))
		return dispatch(tool, argc - 2, argv + 2, true);
	return dispatch(tool, argc - 1, argv + 1, false);
}
