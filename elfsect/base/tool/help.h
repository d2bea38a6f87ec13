/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Help texts, made of descriptors: to standard output, in lines of up to 96 columns. */
#ifndef ELFSECT_TOOL_HELP_H
#define ELFSECT_TOOL_HELP_H

#include "base/tool/command.h"

/** help_tool() - what commands there are */
void help_tool(const struct tool *tool);

/** help_group() - the commands whose names begin with this word */
void help_group(const struct tool *tool, const char *word);

/** help_command() - how a command is written, and its options */
void help_command(const struct tool *tool, const struct command *command);

#endif
