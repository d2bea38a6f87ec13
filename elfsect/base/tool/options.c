// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/tool/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/tool/messages.h"
#include "base/tool/nearest.h"
#include "base/workers.h"

/* Options and rules of one command; and what getopt_long() returns for the first of them. */
enum { ROWS_MAX = 64, FIRST_VALUE = 256 };

/* The rows of a command side by side, and how often each option was given. */
struct parser {
	struct option_row rows[ROWS_MAX];
	unsigned int given[ROWS_MAX];
	size_t count;
	struct option longs[ROWS_MAX + 1];
	char shorts[2 * ROWS_MAX + 2];
	void *values;
};

int options_walk(const struct option_row *rows, option_visitor *visit, void *context)
{
	struct frame {
		const struct option_row *next;
		size_t offset;
	} stack[8] = {{rows, 0}};
	size_t depth = rows ? 1 : 0;
	int ret = 0;

	while (depth && !ret) {
		struct frame *top = &stack[depth - 1];
		struct option_row row = *top->next++;

		row.offset += top->offset;
		if (!row.type)
			depth--;
		else if (row.type != OPTION_GROUP)
			ret = visit(context, &row);
		else if (depth == sizeof(stack) / sizeof(stack[0]))
			ret = -ELOOP;
		else
			stack[depth++] = (struct frame){row.group, row.offset};
	}
	return ret;
}

/* As the user writes it: the short form where there is one. Good until the next call but one. */
static const char *written(const struct option_row *row)
{
	static char texts[2][64];
	static unsigned int turn;
	char *text = texts[turn++ % 2];

	if (row->letter)
		snprintf(text, sizeof(texts[0]), "-%c", row->letter);
	else
		snprintf(text, sizeof(texts[0]), "--%s", row->name);
	return text;
}

static int add_row(void *context, const struct option_row *row)
{
	struct parser *p = context;

	if (p->count == ROWS_MAX)
		return -E2BIG;
	p->rows[p->count++] = *row;
	return 0;
}

/* The tables of getopt_long(). The colon in front makes it tell a missing argument from an unknown option. */
static void make_tables(struct parser *p)
{
	size_t longs = 0, shorts = 0;

	p->shorts[shorts++] = ':';
	for (size_t i = 0; i < p->count; i++) {
		const struct option_row *row = &p->rows[i];

		if (!row->name)
			continue;
		p->longs[longs++] = (struct option){
			.name = row->name,
			.has_arg = row->argument ? required_argument : no_argument,
			.val = FIRST_VALUE + (int)i,
		};
		if (row->letter)
			p->shorts[shorts++] = row->letter;
		if (row->letter && row->argument)
			p->shorts[shorts++] = ':';
	}
}

/* The row that getopt_long() means by a value or a letter. */
static size_t row_of(const struct parser *p, int c)
{
	size_t i = 0;

	if (c >= FIRST_VALUE)
		return (size_t)(c - FIRST_VALUE);
	while (i < p->count && (!p->rows[i].letter || p->rows[i].letter != c))
		i++;
	return i;
}

/* ------------------------------------------------------------------------------------------------------ values */

static int add_string(struct option_strings *list, const char *word)
{
	const char **grown = reallocarray(list->words, list->count + 1, sizeof(*grown));

	if (!grown)
		return cli_trouble("%s", strerror(ENOMEM));
	list->words = grown;
	grown[list->count++] = word;
	return 0;
}

/* "a, b or c"; the list has at least one word. */
static void join_words(const char *const *words, const char *before, const char *between, char *out, size_t room)
{
	size_t used = 0;

	for (size_t i = 0; words[i] && used < room; i++) {
		const char *link = !i ? "" : words[i + 1] ? ", " : between;

		used += (size_t)snprintf(out + used, room - used, "%s%s%s", link, before, words[i]);
	}
}

static int take_word(const struct option_row *row, const char *word, const char **value)
{
	char text[256];

	for (size_t i = 0; row->words[i]; i++) {
		if (!strcmp(row->words[i], word)) {
			*value = word;
			return 0;
		}
	}
	join_words(row->words, "", " or ", text, sizeof(text));
	return cli_usage("%s is %s, not '%s'", written(row), text, word);
}

static int take_number(const struct option_row *row, const char *word, void *place)
{
	const unsigned int processors = workers_processors();
	uint64_t number;

	if (!text_number(word, &number) || !number || (row->type == OPTION_ALIGN && (number & (number - 1))))
		return row->type == OPTION_ALIGN ? cli_usage("%s %s: not a power of two", written(row), word)
		       : row->type == OPTION_SIZE
			       ? cli_usage("%s takes a number of bytes, not '%s'", written(row), word)
			       : cli_usage("%s takes a number of threads, not '%s'", written(row), word);
	if (row->type == OPTION_JOBS)
		*(unsigned int *)place = number < processors ? (unsigned int)number : processors;
	else
		*(uint64_t *)place = number;
	return 0;
}

static int take_value(struct parser *p, size_t i, const char *word)
{
	const struct option_row *row = &p->rows[i];
	void *place = (char *)p->values + row->offset;

	if (p->given[i]++ && row->argument && row->type != OPTION_STRINGS && row->type != OPTION_JOBS)
		return cli_usage("%s is given twice", written(row));
	switch (row->type) {
	case OPTION_FLAG:
		*(bool *)place = true;
		return 0;
	case OPTION_STRING:
		*(const char **)place = word;
		return 0;
	case OPTION_STRINGS:
		return add_string(place, word);
	case OPTION_WORD:
		return take_word(row, word, place);
	default:
		return take_number(row, word, place);
	}
}

/* ------------------------------------------------------------------------------------------------------- errors */

/* Whether a word is a name cut so short that it could be several. */
static bool is_ambiguous(const struct parser *p, const char *word)
{
	const size_t length = strcspn(word, "=");
	unsigned int matches = 0;

	for (const struct option *o = p->longs; o->name; o++)
		matches += !strncmp(o->name, word, length);
	return matches > 1;
}

/* Of what stands before a "=", if it is a long option. */
static const char *question(const struct parser *p, const char *word)
{
	char typed[64];
	struct nearest near = {.word = typed};

	word += text_begins(word, "--") ? 2 : 0;
	snprintf(typed, sizeof(typed), "%.*s", (int)strcspn(word, "="), word);
	for (const struct option *o = p->longs; o->name; o++)
		nearest_offer(&near, o->name, strlen(o->name));
	return nearest_question(&near, "--");
}

/*
 * What getopt_long() does not take. optopt: the letter, the value of a long option that has an argument too many, or 0
 * for a long option that is not known; that is then the last word read.
 */
static int report_bad(const struct parser *p, int c, char **argv)
{
	const char *word = argv[optind - 1];
	const size_t row = row_of(p, optopt);

	if (c == ':')
		return cli_usage("%s needs an argument", written(&p->rows[row]));
	if (optopt >= FIRST_VALUE)
		return cli_usage("--%s takes no argument", p->rows[row].name);
	if (optopt)
		return cli_usage("unknown option -%c", optopt);
	if (is_ambiguous(p, word + 2))
		return cli_usage("%s could be several options", word);
	return cli_usage("unknown option %s%s", word, question(p, word));
}

/* -------------------------------------------------------------------------------------------------------- rules */

static const struct option_row *named(const struct parser *p, const char *name, bool *given)
{
	for (size_t i = 0; i < p->count; i++) {
		if (p->rows[i].name && !strcmp(p->rows[i].name, name)) {
			*given = p->given[i];
			return &p->rows[i];
		}
	}
	*given = false;
	return NULL;
}

static int check_rule(const struct parser *p, const struct option_row *rule)
{
	const bool one_at_most = rule->type == RULE_ONE_OF || rule->type == RULE_EXCLUDE;
	const struct option_row *first = NULL;
	bool given, leader = false;
	char text[256];

	for (size_t i = 0; rule->words[i]; i++) {
		const struct option_row *row = named(p, rule->words[i], &given);

		if (!row)
			return cli_trouble("no option --%s, which a rule names", rule->words[i]);
		leader = leader || (!i && given);
		if (rule->type == RULE_NEEDED && !given)
			return cli_usage("%s is needed", written(row));
		if (rule->type == RULE_GOES_WITH && given && !leader)
			return cli_usage("%s goes with --%s", written(row), rule->words[0]);
		if (one_at_most && given && first)
			return cli_usage("%s and %s exclude each other", written(first), written(row));
		first = given ? row : first;
	}
	if (rule->type != RULE_ONE_OF || first)
		return 0;
	join_words(rule->words, "--", " and ", text, sizeof(text));
	return cli_usage("one of %s is needed", text);
}

/* ------------------------------------------------------------------------------------------------------ parsing */

int options_parse(const struct option_row *rows, void *values, int argc, char **argv)
{
	struct parser p = {.values = values};
	int c, status = 0;

	if (options_walk(rows, add_row, &p)) {
		cli_trouble("too many options in the table of %s", argv[0]);
		return -1;
	}
	make_tables(&p);
	opterr = 0;
	optind = 0; /* start anew, whatever has been parsed before */
	while (!status && (c = getopt_long(argc, argv, p.shorts, p.longs, NULL)) != -1)
		status = c == ':' || c == '?' ? report_bad(&p, c, argv) : take_value(&p, row_of(&p, c), optarg);
	for (size_t i = 0; i < p.count && !status; i++)
		if (!p.rows[i].name)
			status = check_rule(&p, &p.rows[i]);
	return status ? -1 : optind;
}

static int clear_strings(void *values, const struct option_row *row)
{
	struct option_strings *list = (void *)((char *)values + row->offset);

	if (row->type == OPTION_STRINGS)
		free(list->words);
	return 0;
}

void options_clear(const struct option_row *rows, void *values)
{
	options_walk(rows, clear_strings, values);
}
