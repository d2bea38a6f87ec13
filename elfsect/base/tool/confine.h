/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the descriptor of a command, and the command line, to the sandbox that it runs in. */
#ifndef ELFSECT_TOOL_CONFINE_H
#define ELFSECT_TOOL_CONFINE_H

#include "base/tool/command.h"

/**
 * confine() - give up what a command does not need, for good
 * @values: its structure, filled in
 * @count: of the operands
 *
 * No byte of input has been looked at, and there is one thread. Nothing is given up where an option brings code of
 * others.
 */
void confine(const struct tool *tool, const struct command *command, const void *values, int count, char **operands);

#endif
