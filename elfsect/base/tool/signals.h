/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happens when a signal ends a tool: no temporary file stays behind. */
#ifndef ELFSECT_TOOL_SIGNALS_H
#define ELFSECT_TOOL_SIGNALS_H

#include "elfsect_edit.h"

/** cli_write_options - for everything that writes a file: its temporary file is removed if a signal ends the process */
extern const struct elfsect_write_options cli_write_options;

/**
 * signals_end() - end the process as a signal does, with STATUS_TROUBLE
 * @text: what follows the tool's name in the message: ": reason\n"
 *
 * Async-signal-safe. What stdout still held is not printed.
 */
_Noreturn void signals_end(const char *text);

/** signals_handle() - from now on; @tool is the name for the message when a mapped file shrinks */
void signals_handle(const char *tool);

#endif
