/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command and a tool are: descriptors, which dispatch, the parser and the help texts read. */
#ifndef ELFSECT_TOOL_COMMAND_H
#define ELFSECT_TOOL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/tool/options.h"

/**
 * enum operand_use - what becomes of the operands; options may add to it (enum option_effect)
 * @OPERANDS_READ: no more than that
 * @OPERAND_EDITED: the first is edited, or brought back to what it was before an edit that was interrupted
 * @OPERANDS_EDITED: so are all
 * @OPERANDS_EDITED_WITHOUT_OUTPUT: they are edited if nothing with EFFECT_FILE or EFFECT_FOLDER is given
 */
enum operand_use {
	OPERANDS_READ,
	OPERAND_EDITED,
	OPERANDS_EDITED,
	OPERANDS_EDITED_WITHOUT_OUTPUT,
};

/**
 * struct command - a command, defined in its own file
 * @name: one word, or two as in "keyring list"
 * @synopsis: what follows the name; a line for each form
 * @summary: what it does, one line
 * @notes: what help says behind the options; paragraphs, wrapped; NULL: nothing
 * @options: ends with a row of zeros; NULL: none but --help and --version
 * @values_size: of the structure that the options belong to
 * @least: how many operands there have to be
 * @most: how many there may be; 0: any number
 * @operands: the error where there are more or fewer, as in "exactly one file is needed"
 * @use: what it does with them
 * @run: does it. @values is the structure, filled in; returns an exit status
 */
struct command {
	const char *name;
	const char *synopsis;
	const char *summary;
	const char *notes;
	const struct option_row *options;
	size_t values_size;
	int least, most;
	const char *operands;
	enum operand_use use;
	int (*run)(void *values, int count, char **operands);
};

/**
 * struct tool - a tool
 * @commands: in the order of the help text, those with the same first word in a row; ends with NULL
 * @statuses: what the exit statuses mean, one line
 * @temporary_folder: where its commands put what they unpack; NULL: they unpack nothing
 */
struct tool {
	const char *name;
	const char *version;
	const char *summary;
	const struct command *const *commands;
	const char *statuses;
	const char *(*temporary_folder)(void);
};

/** struct common_options - what every command has, beside --help and --version */
struct common_options {
	bool no_sandbox;
};

/** command_rows() - the rows of a command, then those that every command has; offsets are in command_values() */
void command_rows(const struct command *command, struct option_row rows[3]);

/** command_walk() - options_walk() over command_rows() */
int command_walk(const struct command *command, option_visitor *visit, void *context);

/** command_values() - the command's structure, which begins it, and the common options; all zero; free() it */
void *command_values(const struct command *command, const struct common_options **common);

#endif
