/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options as data: a row says how an option is written, what it takes, where that goes, and what help says of it. One
 * parser, the help texts and whoever else wants to know (completions, the test of the man pages) read the same rows.
 *
 * What is written is what getopt_long() takes: --name=value, --name value, -xvalue, -x value, flags of one letter
 * together, names cut short where that is unambiguous, options behind operands, and "--" before operands that look
 * like options.
 */
#ifndef ELFSECT_TOOL_OPTIONS_H
#define ELFSECT_TOOL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * enum option_type - what a row is, and what its place in the command's structure holds
 * @OPTION_FLAG: takes no argument; bool
 * @OPTION_STRING: any word; const char *, NULL where it is not given
 * @OPTION_STRINGS: any word, as often as it is given; struct option_strings
 * @OPTION_WORD: one of a few words; const char *, NULL where it is not given
 * @OPTION_SIZE: a number from 1; uint64_t, 0 where it is not given
 * @OPTION_ALIGN: a power of two; uint64_t, 0 where it is not given
 * @OPTION_JOBS: a number of threads from 1; unsigned int, 0 where it is not given. More than the machine has are as
 *	many as it has; may be given again, the last one holds
 * @OPTION_GROUP: stands for other rows, whose structure lies inside the command's
 * @RULE_NEEDED: no option, but a rule: those that are named have to be given
 * @RULE_ONE_OF: exactly one of them
 * @RULE_EXCLUDE: at most one of them
 * @RULE_GOES_WITH: the first has to be given if one of the others is
 */
enum option_type {
	OPTION_FLAG = 1,
	OPTION_STRING,
	OPTION_STRINGS,
	OPTION_WORD,
	OPTION_SIZE,
	OPTION_ALIGN,
	OPTION_JOBS,
	OPTION_GROUP,
	RULE_NEEDED,
	RULE_ONE_OF,
	RULE_EXCLUDE,
	RULE_GOES_WITH,
};

/**
 * enum option_effect - what a command will do because of an option, and so has to be let do (confine.h)
 * @EFFECT_FILE: the argument is a file that is written, or "-"
 * @EFFECT_FOLDER: the argument is a folder that is made, or filled
 * @EFFECT_EDIT: the first operand is edited
 * @EFFECT_ANY: code is loaded that is of others, and does what it does
 */
enum option_effect {
	EFFECT_NONE,
	EFFECT_FILE,
	EFFECT_FOLDER,
	EFFECT_EDIT,
	EFFECT_ANY,
};

/** struct option_strings - what an option was given, in order; the words are those of the command line */
struct option_strings {
	const char **words; /* owned by the parser */
	size_t count;
};

/**
 * struct option_row - an option, a group of them, or a rule; lists end with a row of zeros
 * @letter: of the short form, or 0
 * @name: of the long form
 * @argument: what help calls its argument; NULL: it takes none
 * @offset: where the value goes, from the start of the structure that the rows belong to
 * @words: those of OPTION_WORD; of OPTION_STRING some that a shell may offer, NULL: none; or the names of the options
 *	that a rule is about; ends with NULL
 * @group: the rows of OPTION_GROUP
 * @effect: that of an option that is given; EFFECT_FILE and EFFECT_FOLDER are for OPTION_STRING
 * @help: one sentence or more; a line break is kept, the rest is wrapped
 */
struct option_row {
	enum option_type type;
	char letter;
	const char *name;
	const char *argument;
	size_t offset;
	const char *const *words;
	const struct option_row *group;
	enum option_effect effect;
	const char *help;
};

/* The offset of a field, which must have the type that the row says. */
#define OPTION_PLACE(structure, field, wanted)                                                                         \
	(offsetof(structure, field) +                                                                                  \
	 0 * sizeof(struct {                                                                                           \
		 _Static_assert(__builtin_types_compatible_p(__typeof__(((structure *)0)->field), wanted),             \
				"the option writes another type");                                                     \
		 int unused;                                                                                           \
	 }))

/* A list of words for a row. */
#define OPTION_WORDS(...)                                                                                              \
	(const char *const[])                                                                                          \
	{                                                                                                              \
		__VA_ARGS__, NULL                                                                                      \
	}

/* Rows: letter or 0, name, what help calls the argument, structure and field, help. */
#define FLAG_ROW(short_, long_, structure, field, text)                                                                \
	{                                                                                                              \
		.type = OPTION_FLAG, .letter = (short_), .name = (long_),                                              \
		.offset = OPTION_PLACE(structure, field, bool), .help = (text)                                         \
	}
/* A flag by which the first operand is edited. */
#define EDITS_ROW(short_, long_, structure, field, text)                                                               \
	{                                                                                                              \
		.type = OPTION_FLAG, .letter = (short_), .name = (long_),                                              \
		.offset = OPTION_PLACE(structure, field, bool), .effect = EFFECT_EDIT, .help = (text)                  \
	}
#define STRING_ROW(short_, long_, word, structure, field, text)                                                        \
	{                                                                                                              \
		.type = OPTION_STRING, .letter = (short_), .name = (long_), .argument = (word),                        \
		.offset = OPTION_PLACE(structure, field, const char *), .help = (text)                                 \
	}
/* A string with an effect: EFFECT_... */
#define EFFECT_ROW(what, short_, long_, word, structure, field, text)                                                  \
	{                                                                                                              \
		.type = OPTION_STRING, .letter = (short_), .name = (long_), .argument = (word),                        \
		.offset = OPTION_PLACE(structure, field, const char *), .effect = (what), .help = (text)               \
	}
#define STRINGS_ROW(short_, long_, word, structure, field, text)                                                       \
	{                                                                                                              \
		.type = OPTION_STRINGS, .letter = (short_), .name = (long_), .argument = (word),                       \
		.offset = OPTION_PLACE(structure, field, struct option_strings), .help = (text)                        \
	}
#define WORD_ROW(short_, long_, word, list, structure, field, text)                                                    \
	{                                                                                                              \
		.type = OPTION_WORD, .letter = (short_), .name = (long_), .argument = (word), .words = (list),         \
		.offset = OPTION_PLACE(structure, field, const char *), .help = (text)                                 \
	}
/* A string for which a shell offers these words, and files where the argument is "...|FILE"; others are taken too. */
#define OFFER_ROW(short_, long_, word, list, structure, field, text)                                                   \
	{                                                                                                              \
		.type = OPTION_STRING, .letter = (short_), .name = (long_), .argument = (word), .words = (list),       \
		.offset = OPTION_PLACE(structure, field, const char *), .help = (text)                                 \
	}
#define SIZE_ROW(short_, long_, word, structure, field, text)                                                          \
	{                                                                                                              \
		.type = OPTION_SIZE, .letter = (short_), .name = (long_), .argument = (word),                          \
		.offset = OPTION_PLACE(structure, field, uint64_t), .help = (text)                                     \
	}
#define ALIGN_ROW(short_, long_, word, structure, field, text)                                                         \
	{                                                                                                              \
		.type = OPTION_ALIGN, .letter = (short_), .name = (long_), .argument = (word),                         \
		.offset = OPTION_PLACE(structure, field, uint64_t), .help = (text)                                     \
	}
#define JOBS_ROW(structure, field)                                                                                     \
	{                                                                                                              \
		.type = OPTION_JOBS, .letter = 'j', .name = "jobs", .argument = "N",                                   \
		.offset = OPTION_PLACE(structure, field, unsigned int),                                                \
		.help = "threads, at most one a processor (default: as many)"                                          \
	}

/* Other rows; structure_of_rows is what their offsets are in. */
#define GROUP_ROW(rows, structure_of_rows, structure, field)                                                           \
	{                                                                                                              \
		.type = OPTION_GROUP, .group = (rows), .offset = OPTION_PLACE(structure, field, structure_of_rows)     \
	}

/* RULE_..., and the long names of options. */
#define RULE_ROW(kind, ...)                                                                                            \
	{                                                                                                              \
		.type = (kind), .words = OPTION_WORDS(__VA_ARGS__)                                                     \
	}

/** option_visitor - sees a row, whose offset is that in the outermost structure; anything but 0 ends the walk */
typedef int option_visitor(void *context, const struct option_row *row);

/** options_walk() - all rows in order, those of groups in the place of the group, rules among them */
int options_walk(const struct option_row *rows, option_visitor *visit, void *context);

/**
 * options_parse() - read a command line
 * @rows: what there is; may be NULL
 * @values: the structure that the rows belong to, all zero; receives what is given
 * @argv: the name of the command, then options and operands; options are moved to the front
 *
 * Usage errors have been printed, one line each. Duplicates of an option with an argument are such an error, but where
 * a list is made of them.
 *
 * Return: the index of the first operand, or -1 after an error. options_clear() afterwards in both cases.
 */
int options_parse(const struct option_row *rows, void *values, int argc, char **argv);

/** options_clear() - release what options_parse() put into the structure */
void options_clear(const struct option_row *rows, void *values);

#endif
