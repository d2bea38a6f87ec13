/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line of both tools, and all that a command needs of it. Results go to stdout, everything else to stderr,
 * one line a message.
 */
#ifndef ELFSECT_TOOL_CLI_H
#define ELFSECT_TOOL_CLI_H

#include "base/error.h"
#include "base/tool/command.h"
#include "base/tool/messages.h"
#include "base/tool/output.h"
#include "base/tool/progress.h"
#include "base/tool/signals.h"

/** cli_main() - run the command that argv names; --help and --version everywhere. Returns the exit status */
int cli_main(const struct tool *tool, int argc, char **argv);

#endif
