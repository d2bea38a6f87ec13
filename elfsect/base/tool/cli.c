// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/tool/cli.h"
#include "base/cleanup.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct tool *the_tool;
static const struct command *the_command;

__attribute__((format(printf, 1, 0))) static void print_message(const char *format, va_list args)
{
	char *text = NULL;

	fflush(stdout);
	fprintf(stderr, "%s: ", the_tool->name);
	if (vasprintf(&text, format, args) >= 0)
		text_print(stderr, text);
	free(text);
}

int cli_trouble(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_message(format, args);
	va_end(args);
	fputc('\n', stderr);
	return STATUS_TROUBLE;
}

void cli_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_message(format, args);
	va_end(args);
	fputc('\n', stderr);
}

int cli_usage(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_message(format, args);
	va_end(args);
	fprintf(stderr, " (see '%s%s%s --help')\n", the_tool->name, the_command ? " " : "",
		the_command ? the_command->name : "");
	return STATUS_TROUBLE;
}

int cli_error(const struct elfsect_error *error)
{
	return cli_trouble("%s", error->message);
}

int cli_bad_option(int c, char **argv)
{
	const char *word = argv[optind - 1];

	if (c == ':')
		return cli_usage("%s: %s needs an argument", the_command->name, word);
	if (optopt && strncmp(word, "--", 2) != 0)
		return cli_usage("%s: unknown option -%c", the_command->name, optopt);
	return cli_usage("%s: unknown option %s", the_command->name, word);
}

/* Flush stdout; an error there (full disk, closed pipe) is trouble. */
static int finish(int status)
{
	if (fflush(stdout) || ferror(stdout))
		return cli_trouble("stdout: %s", strerror(errno));
	return status;
}

/* The synopsis is the first line of the usage, and further ones that stand below it, far from the margin. */
static int command_help(void)
{
	const char *rest = strchrnul(the_command->usage, '\n');

	while (!strncmp(rest, "\n       ", 8))
		rest = strchrnul(rest + 1, '\n');
	printf("usage: %s %s %.*s\n\n%s\n", the_tool->name, the_command->name, (int)(rest - the_command->usage),
	       the_command->usage, the_command->summary);
	rest += strspn(rest, "\n");
	if (*rest)
		printf("\n%s%s", rest, rest[strlen(rest) - 1] == '\n' ? "" : "\n");
	return finish(STATUS_OK);
}

bool cli_number(const char *word, unsigned long long *value)
{
	uint64_t number = 0;
	const bool is_one = text_number(word, &number);

	*value = number;
	return is_one;
}

/* Whether a command is of another group than the one before it: names of one word are the first. */
static bool begins_group(const struct command *c)
{
	const char *space = strchr(c->name, ' ');

	return c != the_tool->commands && space && strncmp(c->name, c[-1].name, (size_t)(space - c->name) + 1) != 0;
}

static int tool_help(void)
{
	int width = 0;

	printf("usage: %s COMMAND [options] FILE...\n\n%s\n\n", the_tool->name, the_tool->summary);
	for (const struct command *c = the_tool->commands; c->name; c++)
		width = (int)strlen(c->name) > width ? (int)strlen(c->name) : width;
	for (const struct command *c = the_tool->commands; c->name; c++)
		printf("%s  %-*s  %s\n", begins_group(c) ? "\n" : "", width, c->name, c->summary);
	printf("\nExit status: %s.\n'%s COMMAND --help' shows a command's options.\n", the_tool->statuses,
	       the_tool->name);
	return finish(STATUS_OK);
}

/* ------------------------------------------------------------------------------------------------------- input */

int cli_read_file(const char *path, uint8_t **bytes, uint64_t *size)
{
	const bool is_stdin = !strcmp(path, "-");
	autoclose int opened = is_stdin ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	const int fd = is_stdin ? STDIN_FILENO : opened;
	autofree uint8_t *buffer = NULL;
	size_t room = 0, used = 0;

	if (fd < 0)
		return cli_trouble("%s: %s", path, strerror(errno));
	for (;;) {
		ssize_t got;

		if (used == room) {
			uint8_t *grown;

			room = room ? room * 2 : 1u << 16;
			grown = realloc(buffer, room);
			if (!grown)
				return cli_trouble("%s: %s", path, strerror(ENOMEM));
			buffer = grown;
		}
		got = read(fd, buffer + used, room - used);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return cli_trouble("%s: %s", is_stdin ? "stdin" : path, strerror(errno));
		if (!got)
			break;
		used += (size_t)got;
	}
	*bytes = steal(buffer);
	*size = used;
	return STATUS_OK;
}

/* ----------------------------------------------------------------------------------------------------- signals */

/* The temporary file to remove if a signal ends the process; written before the flag is set, read after. */
static char temporary[PATH_MAX];
static volatile sig_atomic_t has_temporary;

static void set_temporary(const char *path, void *data)
{
	(void)data;
	has_temporary = 0;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	if (!path || strlen(path) >= sizeof(temporary))
		return;
	strcpy(temporary, path);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	has_temporary = 1;
}

const struct elfsect_write_options cli_write_options = {.on_temporary = set_temporary};

/* In the handlers: only async-signal-safe calls. */
static void remove_temporary(void)
{
	if (has_temporary)
		unlink(temporary);
}

static void on_end(int signal_number)
{
	remove_temporary();
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

/* Input is mapped: a file that another process truncates meanwhile ends here. */
static void on_sigbus(int signal_number)
{
	static const char text[] = ": a file shrank, or could not be read, while it was being read\n";
	ssize_t ignored;

	(void)signal_number;
	remove_temporary();
	ignored = write(STDERR_FILENO, the_tool->name, strlen(the_tool->name));
	ignored += write(STDERR_FILENO, text, sizeof(text) - 1);
	(void)ignored;
	_exit(STATUS_TROUBLE);
}

static void handle_signals(void)
{
	static const int ends[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGALRM, SIGXCPU, SIGUSR1, SIGUSR2};

	signal(SIGBUS, on_sigbus);
	/* A file size limit is reported like a full disk. */
	signal(SIGXFSZ, SIG_IGN);
	/* nohup and background jobs have some of them ignored; that stays so. */
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (signal(ends[i], on_end) == SIG_IGN)
			signal(ends[i], SIG_IGN);
}

/* ---------------------------------------------------------------------------------------------------- dispatch */

/*
 * The command that the words begin with. A name of two words ("keyring list") takes both; *words receives how many.
 * NULL: none; *group is then set if the first word begins such names.
 */
static const struct command *find_command(const struct tool *tool, int count, char **words, int *used, bool *group)
{
	*group = false;
	for (const struct command *c = tool->commands; c->name; c++) {
		const char *space = strchr(c->name, ' ');
		const size_t first = space ? (size_t)(space - c->name) : strlen(c->name);

		if (strlen(words[0]) != first || strncmp(c->name, words[0], first) != 0)
			continue;
		*group = space;
		*used = space ? 2 : 1;
		if (!space || (count > 1 && !strcmp(space + 1, words[1])))
			return c;
	}
	return NULL;
}

/* What a group of commands can do. */
static int group_help(const char *word)
{
	const size_t length = strlen(word);

	for (const struct command *c = the_tool->commands; c->name; c++)
		if (!strncmp(c->name, word, length) && c->name[length] == ' ')
			printf("%s %s\n    %s\n", the_tool->name, c->name, c->summary);
	return finish(STATUS_OK);
}

static bool is_help(const char *word)
{
	return !strcmp(word, "--help") || !strcmp(word, "-h");
}

static int print_version(void)
{
	printf("%s %s\n", the_tool->name, the_tool->version);
	return finish(STATUS_OK);
}

/* argv[0] is the first word of a command, or not. */
static int dispatch(int argc, char **argv, bool help)
{
	int used;
	bool group;
	const struct command *c = find_command(the_tool, argc, argv, &used, &group);

	if (!c && group && (help || (argc > 1 && is_help(argv[1]))))
		return group_help(argv[0]);
	if (!c && group && argc > 1)
		return cli_trouble("unknown command '%s %s' (see '%s %s --help')", argv[0], argv[1], the_tool->name,
				   argv[0]);
	if (!c && group)
		return cli_trouble("%s: which of its commands? (see '%s %s --help')", argv[0], the_tool->name, argv[0]);
	if (!c)
		return cli_usage("unknown command '%s'", argv[0]);
	the_command = c;
	if (help)
		return command_help();
	for (int i = used; i < argc && strcmp(argv[i], "--"); i++) {
		if (is_help(argv[i]))
			return command_help();
		if (!strcmp(argv[i], "--version"))
			return print_version();
	}
	return finish(c->run(argc - used + 1, argv + used - 1));
}

int cli_main(const struct tool *tool, int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : NULL;

	the_tool = tool;
	handle_signals();
	opterr = 0;
	if (!word)
		return cli_usage("no command given");
	if (is_help(word) || (!strcmp(word, "help") && argc == 2))
		return tool_help();
	if (!strcmp(word, "--version") || !strcmp(word, "-V"))
		return print_version();
	if (!strcmp(word, "help"))
		return dispatch(argc - 2, argv + 2, true);
	return dispatch(argc - 1, argv + 1, false);
}
