/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line of both tools: one table drives dispatch and help. Results go to stdout, everything else to stderr,
 * one line a message.
 */
#ifndef CLI_H
#define CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "elfsect.h"
#include "elfsect_edit.h"
#include "base/error.h"

/* Exit statuses, the same for every command. */
enum { STATUS_OK = 0, STATUS_DIFFERENT = 1, STATUS_TROUBLE = 2, STATUS_EXCLUDED = 3 };

struct command {
	const char *name;		   /* one word, or two as in "keyring list" */
	int (*run)(int argc, char **argv); /* argv[0] is the last word of the name; returns an exit status */
	const char *summary;		   /* one line */
	const char *usage;		   /* what follows the name, then options, one a line, and more */
};

struct tool {
	const char *name;
	const char *version;
	const char *summary;
	const struct command *commands; /* ends with a NULL name; those with the same first word in a row */
	const char *statuses;		/* what the exit statuses mean, one line */
};

/* Run the command that argv names; --help and --version everywhere. Returns the exit status. */
int cli_main(const struct tool *tool, int argc, char **argv);

/* "TOOL: MESSAGE" on stderr; returns STATUS_TROUBLE. */
__attribute__((format(printf, 1, 2))) int cli_trouble(const char *format, ...);

/* The same for what is no trouble. */
__attribute__((format(printf, 1, 2))) void cli_note(const char *format, ...);

/* A usage error: the message, and where to find help; returns STATUS_TROUBLE. */
__attribute__((format(printf, 1, 2))) int cli_usage(const char *format, ...);

/* Print an error of the library; returns STATUS_TROUBLE. */
int cli_error(const struct elfsect_error *error);

/* getopt_long() reported an unknown option or a missing argument: say which. Options are parsed with opterr 0. */
int cli_bad_option(int c, char **argv);

/*
 * All of a file, pipe or, for "-", standard input; its size need not be known before. The caller frees the bytes, which
 * are NULL on failure. Returns an exit status.
 */
int cli_read_file(const char *path, uint8_t **bytes, uint64_t *size);

/*
 * Write a command's output: to stdout if `out` is NULL or "-"; a regular file gets the bytes at once or not at all;
 * devices and pipes are written to. Returns an exit status.
 */
int cli_write_output(const char *out, const uint8_t *bytes, uint64_t size);

/* The options for everything that writes a file: its temporary file is removed if a signal ends the process. */
extern const struct elfsect_write_options cli_write_options;

/* Parse an unsigned number, decimal or 0x; the whole word. */
bool cli_number(const char *word, unsigned long long *value);

#endif
