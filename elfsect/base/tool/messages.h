/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a tool says on standard error: one line a message, "TOOL: MESSAGE"; nothing in it that a terminal acts on. */
#ifndef ELFSECT_TOOL_MESSAGES_H
#define ELFSECT_TOOL_MESSAGES_H

#include "elfsect.h"

/* Exit statuses, the same for every command. */
enum { STATUS_OK = 0, STATUS_DIFFERENT = 1, STATUS_TROUBLE = 2, STATUS_EXCLUDED = 3 };

/**
 * messages_begin() - whose messages they are
 * @tool: its name
 * @command: the name of the command that runs, NULL before there is one
 */
void messages_begin(const char *tool, const char *command);

/** cli_trouble() - print a message; returns STATUS_TROUBLE */
__attribute__((format(printf, 1, 2))) int cli_trouble(const char *format, ...);

/** cli_note() - the same for what is no trouble */
__attribute__((format(printf, 1, 2))) void cli_note(const char *format, ...);

/** cli_usage() - a usage error: the command, the message, and where to find help; returns STATUS_TROUBLE */
__attribute__((format(printf, 1, 2))) int cli_usage(const char *format, ...);

/** cli_error() - print an error of a library; returns STATUS_TROUBLE */
int cli_error(const struct elfsect_error *error);

#endif
