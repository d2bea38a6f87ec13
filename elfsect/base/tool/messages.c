// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/tool/messages.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "base/tool/progress.h"

static const char *tool_name = "";
static const char *command_name;

void messages_begin(const char *tool, const char *command)
{
	tool_name = tool;
	command_name = command;
}

/* The line is left open. What has been printed before comes first, also where both go to one place. */
__attribute__((format(printf, 2, 0))) static void begin_line(const char *command, const char *format, va_list args)
{
	char *text = NULL;

	progress_hide();
	fflush(stdout);
	fprintf(stderr, "%s: ", tool_name);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	if (command)
		fprintf(stderr, "%s: ", command);
	text_print(stderr, text ? text : "out of memory");
	free(text);
}

int cli_trouble(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	begin_line(NULL, format, args);
	va_end(args);
	fputc('\n', stderr);
	return STATUS_TROUBLE;
}

void cli_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	begin_line(NULL, format, args);
	va_end(args);
	fputc('\n', stderr);
}

int cli_usage(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	begin_line(command_name, format, args);
	va_end(args);
	fprintf(stderr, " (see '%s%s%s --help')\n", tool_name, command_name ? " " : "",
		command_name ? command_name : "");
	return STATUS_TROUBLE;
}

int cli_error(const struct elfsect_error *error)
{
	return cli_trouble("%s", error->message);
}
