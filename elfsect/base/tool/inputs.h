/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is read must not be what is written. */
#ifndef ELFSECT_TOOL_INPUTS_H
#define ELFSECT_TOOL_INPUTS_H

#include "base/tool/command.h"

/**
 * inputs_are_kept() - whether no option with EFFECT_FILE names a file that the command line names as input too
 * @values: the command's structure, filled in
 * @count: of the operands; those that are edited may be written to
 *
 * Return: an exit status, after a usage error that names both.
 */
int inputs_are_kept(const struct command *command, const void *values, int count, char **operands);

#endif
