/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scripts that complete command lines in a shell, made of the descriptors that dispatch and the help texts read. What
 * each shell has of its own is in completion_SHELL.c, and what does not depend on the tool in completion.SHELL.
 */
#ifndef ELFSECT_TOOL_COMPLETION_H
#define ELFSECT_TOOL_COMPLETION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/tool/command.h"

/** completion_main() - print the script for a shell; NULL or an unknown shell: a usage error. Returns the exit status
 */
int completion_main(const struct tool *tool, const char *shell);

/* ------------------------------------------------------------------------------------------- for the shells' files */

void completion_bash(const struct tool *tool);
void completion_zsh(const struct tool *tool);
void completion_fish(const struct tool *tool);

/** completion_template() - print a text, with the name of the tool where it says TOOL */
void completion_template(const struct tool *tool, const char *text);

/** completion_level - prints what follows the words that are typed: NULL: a command is to be named, or one of a group
 */
typedef void completion_level(const struct tool *tool, const char *group);

/** completion_levels() - call it for the tool, then for each group; the group is good until the next one */
void completion_levels(const struct tool *tool, completion_level *print);

/** completion_word - receives the next word: its letters and their number, and what to say of it */
typedef void completion_word(const char *word, size_t length, const char *summary);

/** completion_next_words() - the commands and groups, or with a group its commands */
void completion_next_words(const struct tool *tool, const char *group, completion_word *receive);

/** completion_takes_files() - whether a file may stand where help writes this: a word of a synopsis, or "NAME|FILE" */
bool completion_takes_files(const char *argument);

/** completion_operand_words() - the words that may stand for an operand, by the synopsis: "linux" of "linux|FILE" */
void completion_operand_words(const struct command *command, completion_word *receive);

/** completion_clause() - how many letters of a help text say what it is about: up to a stop or the end of the line */
size_t completion_clause(const char *text);

/** completion_escaped() - print letters, with a backslash before each of those that @odd has */
void completion_escaped(const char *text, size_t length, const char *odd);

/** completion_quoted() - print letters in single quotes, for sh: what it'\''s */
void completion_quoted(const char *text, size_t length);

#endif
