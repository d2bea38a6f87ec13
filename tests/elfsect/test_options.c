// SPDX-License-Identifier: GPL-2.0-or-later
/* The parser of the command lines: what it takes, where that goes, and the one line that it says otherwise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/tool/messages.h"
#include "base/tool/options.h"
#include "base/workers.h"

struct inner {
	const char *text;
	bool flag;
};

struct values {
	bool json;
	bool quiet;
	const char *out;
	struct option_strings list;
	const char *scope;
	uint64_t size;
	uint64_t align;
	unsigned int jobs;
	struct inner inner;
};

static const struct option_row inner_rows[] = {
	STRING_ROW(0, "text", "TEXT", struct inner, text, "a text"),
	FLAG_ROW(0, "inner-flag", struct inner, flag, "a flag"),
	RULE_ROW(RULE_GOES_WITH, "text", "inner-flag"),
	{0},
};

static const struct option_row rows[] = {
	FLAG_ROW(0, "json", struct values, json, "as JSON"),
	FLAG_ROW('q', "quiet", struct values, quiet, "say less"),
	STRING_ROW('o', "output", "OUT", struct values, out, "a file"),
	STRINGS_ROW(0, "list", "WORD", struct values, list, "a word"),
	WORD_ROW(0, "scope", "file|loaded|none", OPTION_WORDS("file", "loaded", "none"), struct values, scope,
		 "a scope"),
	SIZE_ROW(0, "max-size", "N", struct values, size, "a size"),
	ALIGN_ROW(0, "align", "N", struct values, align, "a power of two"),
	GROUP_ROW(inner_rows, struct inner, struct values, inner),
	JOBS_ROW(struct values, jobs),
	RULE_ROW(RULE_EXCLUDE, "json", "output"),
	{0},
};

static const struct option_row needing_rows[] = {
	STRING_ROW(0, "text", "TEXT", struct inner, text, "a text"),
	FLAG_ROW(0, "flag", struct inner, flag, "a flag"),
	RULE_ROW(RULE_NEEDED, "text"),
	{0},
};

static const struct option_row one_of_rows[] = {
	STRING_ROW(0, "text", "TEXT", struct inner, text, "a text"),
	FLAG_ROW(0, "flag", struct inner, flag, "a flag"),
	RULE_ROW(RULE_ONE_OF, "text", "flag"),
	{0},
};

/* A command line as it comes, the name of the command in front; what was left of it after parsing. */
struct line {
	char *words[16];
	int count, first;
};

#define LINE(...) line_of((const char *const[]){"command", __VA_ARGS__, NULL})

static struct line line_of(const char *const *words)
{
	struct line line = {0};

	for (; words[line.count]; line.count++)
		line.words[line.count] = (char *)(uintptr_t)words[line.count];
	return line;
}

/* Parse with standard error in a file; the text of it is returned, and good until the next call. */
static const char *parse(const struct option_row *table, void *values, struct line *line)
{
	static char text[1024];
	FILE *file = tmpfile();
	const int before = dup(STDERR_FILENO);
	size_t got;

	assert_non_null(file);
	assert_true(before >= 0);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	line->first = options_parse(table, values, line->count, line->words);
	fflush(stderr);
	assert_true(dup2(before, STDERR_FILENO) >= 0);
	close(before);
	rewind(file);
	got = fread(text, 1, sizeof(text) - 1, file);
	text[got] = '\0';
	fclose(file);
	return text;
}

#define TAKEN(values, line)                                                                                            \
	do {                                                                                                           \
		assert_string_equal(parse(rows, (values), (line)), "");                                                \
		assert_true((line)->first > 0);                                                                        \
	} while (0)

/* One line: the tool, the command, the message, where to find help. */
static void refused(const struct option_row *table, struct line line, const char *message)
{
	struct values values = {0};
	char wanted[256];

	snprintf(wanted, sizeof(wanted), "tool: command: %s (see 'tool command --help')\n", message);
	assert_string_equal(parse(table, &values, &line), wanted);
	assert_int_equal(line.first, -1);
	options_clear(table, &values);
}

static void test_values(void **state)
{
	struct line line = LINE("--json", "-q", "--list", "a", "--list=b", "--scope", "loaded", "--max-size", "0x10",
				"--align", "4096", "--text", "t", "--inner-flag", "file");
	struct values v = {0};

	(void)state;
	TAKEN(&v, &line);
	assert_true(v.json && v.quiet && v.inner.flag);
	assert_null(v.out);
	assert_int_equal(v.list.count, 2);
	assert_string_equal(v.list.words[0], "a");
	assert_string_equal(v.list.words[1], "b");
	assert_string_equal(v.scope, "loaded");
	assert_int_equal(v.size, 16);
	assert_int_equal(v.align, 4096);
	assert_string_equal(v.inner.text, "t");
	assert_int_equal(line.first, line.count - 1);
	assert_string_equal(line.words[line.first], "file");
	options_clear(rows, &v);
}

static void test_forms(void **state)
{
	static const struct {
		const char *words[4];
		const char *out;
	} forms[] = {
		{{"command", "-o", "x"}, "x"},
		{{"command", "-ox"}, "x"},
		{{"command", "--output", "x"}, "x"},
		{{"command", "--output=x"}, "x"},
		{{"command", "--out=x"}, "x"},
		{{"command", "--ou", "x"}, "x"},
		{{"command", "-qox"}, "x"},
		{{"command", "--output="}, ""},
		{{"command", "-o", "-"}, "-"},
		{{"command", "--output=--json"}, "--json"},
		{{"command", "-o", "--json"}, "--json"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct line line = line_of(forms[i].words);
		struct values v = {0};

		TAKEN(&v, &line);
		assert_non_null(v.out);
		assert_string_equal(v.out, forms[i].out);
		assert_false(v.json);
		assert_int_equal(line.first, line.count);
	}
}

static void test_operands(void **state)
{
	struct line mixed = LINE("a", "--json", "-", "-q", "b"), ended = LINE("--json", "--", "--quiet", "-o");
	struct values v = {0};

	(void)state;
	TAKEN(&v, &mixed);
	assert_true(v.json && v.quiet);
	assert_int_equal(mixed.count - mixed.first, 3);
	assert_string_equal(mixed.words[mixed.first], "a");
	assert_string_equal(mixed.words[mixed.first + 1], "-");
	assert_string_equal(mixed.words[mixed.first + 2], "b");
	memset(&v, 0, sizeof(v));
	TAKEN(&v, &ended);
	assert_true(v.json);
	assert_false(v.quiet);
	assert_int_equal(ended.count - ended.first, 2);
	assert_string_equal(ended.words[ended.first], "--quiet");
}

static void test_no_options(void **state)
{
	struct line line = LINE("file");

	(void)state;
	assert_string_equal(parse(NULL, NULL, &line), "");
	assert_int_equal(line.first, 1);
	refused(NULL, LINE("--json"), "unknown option --json");
}

static void test_bad_words(void **state)
{
	(void)state;
	refused(rows, LINE("--nothing", "a"), "unknown option --nothing");
	refused(rows, LINE("--nothing=x"), "unknown option --nothing=x");
	refused(rows, LINE("-x"), "unknown option -x");
	refused(rows, LINE("--json", "-qx", "a"), "unknown option -x");
	refused(rows, LINE("--output"), "-o needs an argument");
	refused(rows, LINE("-o"), "-o needs an argument");
	refused(rows, LINE("-q", "-qo"), "-o needs an argument");
	refused(rows, LINE("--list"), "--list needs an argument");
	refused(rows, LINE("--json=yes"), "--json takes no argument");
	refused(rows, LINE("--quiet=1"), "--quiet takes no argument");
	refused(rows, LINE("--j"), "--j could be several options");
	refused(rows,
		LINE("--"
		     "\x1b[2J"),
		"unknown option --\\x1b[2J");
}

static void test_bad_values(void **state)
{
	(void)state;
	refused(rows, LINE("--scope", "all"), "--scope is file, loaded or none, not 'all'");
	refused(rows, LINE("--max-size", "1k"), "--max-size takes a number of bytes, not '1k'");
	refused(rows, LINE("--max-size=0"), "--max-size takes a number of bytes, not '0'");
	refused(rows, LINE("--max-size=-1"), "--max-size takes a number of bytes, not '-1'");
	refused(rows, LINE("--align=3"), "--align 3: not a power of two");
	refused(rows, LINE("--align=0"), "--align 0: not a power of two");
	refused(rows, LINE("-j", "none"), "-j takes a number of threads, not 'none'");
	refused(rows, LINE("-j0"), "-j takes a number of threads, not '0'");
}

static void test_duplicates(void **state)
{
	struct line flags = LINE("--json", "--json", "-qq"), jobs = LINE("-j9", "--jobs=1");
	struct values v = {0};

	(void)state;
	refused(rows, LINE("-o", "a", "--output", "a"), "-o is given twice");
	refused(rows, LINE("--scope=file", "--scope=file"), "--scope is given twice");
	refused(rows, LINE("--align=8", "--align=8"), "--align is given twice");
	TAKEN(&v, &flags);
	TAKEN(&v, &jobs);
	assert_int_equal(v.jobs, 1);
}

/* More threads than the machine has are as many as it has. */
static void test_jobs(void **state)
{
	struct line one = LINE("-j1"), many = LINE("--jobs", "100000000000");
	struct values v = {0};

	(void)state;
	TAKEN(&v, &one);
	assert_int_equal(v.jobs, 1);
	TAKEN(&v, &many);
	assert_int_equal(v.jobs, workers_processors());
}

static void test_rules(void **state)
{
	struct line both = LINE("--text=t", "--inner-flag");
	struct values v = {0};

	(void)state;
	TAKEN(&v, &both);
	refused(rows, LINE("--json", "-o", "x"), "--json and -o exclude each other");
	refused(rows, LINE("--inner-flag"), "--inner-flag goes with --text");
	refused(needing_rows, LINE("--flag"), "--text is needed");
	refused(one_of_rows, LINE("a"), "one of --text and --flag is needed");
	refused(one_of_rows, LINE("--flag", "--text", "t"), "--text and --flag exclude each other");
}

static int see(void *context, const struct option_row *row)
{
	char *names = context;

	if (row->name && !strcmp(row->name, "inner-flag"))
		assert_int_equal(row->offset, offsetof(struct values, inner.flag));
	strcat(strcat(names, row->name ? row->name : "rule"), " ");
	return row->name && !strcmp(row->name, "jobs");
}

/* Groups are seen in their place, with offsets in the outermost structure; a visitor can stop. */
static void test_walk(void **state)
{
	char names[256] = "";

	(void)state;
	assert_int_equal(options_walk(rows, see, names), 1);
	assert_string_equal(names, "json quiet output list scope max-size align text inner-flag rule jobs ");
}

static int begin(void **state)
{
	(void)state;
	messages_begin("tool", "command");
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),	   cmocka_unit_test(test_forms),     cmocka_unit_test(test_operands),
		cmocka_unit_test(test_no_options), cmocka_unit_test(test_bad_words), cmocka_unit_test(test_bad_values),
		cmocka_unit_test(test_duplicates), cmocka_unit_test(test_jobs),	     cmocka_unit_test(test_rules),
		cmocka_unit_test(test_walk),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
