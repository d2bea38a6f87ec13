// SPDX-License-Identifier: GPL-2.0-or-later
/* A tool whose texts and words have what shells act on, for the test of completions. It prints nothing else. */
#include "base/tool/cli.h"

struct odd_values {
	const char *word;
	const char *file;
};

static int run(void *values, int count, char **operands)
{
	(void)values, (void)count, (void)operands;
	return STATUS_OK;
}

static const struct option_row odd_rows[] = {
	OFFER_ROW('w', "word", "A:B[]", OPTION_WORDS("it's", "$(touch made)", "two words", "x:y[z]", "back\\slash"),
		  struct odd_values, word, "it's $(touch made) `touch made` \"quoted\" [in brackets] a:b \\ %s"),
	OFFER_ROW(0, "either", "NAME|FILE", OPTION_WORDS("it's", "$(touch made)"), struct odd_values, file, "'"),
	{0},
};

static const struct command command_do = {
	.name = "do",
	.synopsis = "[options] FILE",
	.summary = "it's $(touch made): `touch made` \"quoted\" [in brackets] \\",
	.options = odd_rows,
	.values_size = sizeof(struct odd_values),
	.run = run,
};

int main(int argc, char **argv)
{
	static const struct command *const commands[] = {&command_do, NULL};
	static const struct tool tool = {"odd", "1", "a tool with odd words", commands, "0", NULL};

	return cli_main(&tool, argc, argv);
}
