// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "btf_file.h"
#include "commands.h"
#include "report/btf.h"

struct compare_values {
	struct option_strings bases;
	bool json, quiet;
};

static const struct option_row compare_rows[] = {
	STRINGS_ROW(0, "base", "FILE", struct compare_values, bases,
		    "the vmlinux that the types of modules continue; given twice, that of A and that of B"),
	FLAG_ROW(0, "json", struct compare_values, json, "print the result as JSON"),
	FLAG_ROW('q', "quiet", struct compare_values, quiet, "print nothing"),
	{0},
};

static int finish(const struct compare_values *v, const struct btf_file sides[2], char **paths)
{
	const char *const names[2] = {paths[0], paths[1]};
	struct btf_comparison c;
	struct elfsect_error error;

	if (btf_compare(sides[0].btf, sides[1].btf, &c, &error))
		return cli_error(&error);
	if (v->json) {
		if (btf_comparison_print_json(&c, names, stdout))
			return cli_trouble("%s", strerror(ENOMEM));
	} else if (!v->quiet) {
		btf_comparison_print(&c, names, stdout);
	}
	if (c.identical)
		return STATUS_OK;
	return btf_same_types(&c) ? STATUS_EXCLUDED : STATUS_DIFFERENT;
}

static int run(void *values, int count, char **paths)
{
	const struct compare_values *v = values;
	struct btf_file bases[2] = {{0}}, sides[2] = {{0}};
	struct elfsect_error error;
	int ret = 0, status;

	if (v->bases.count > 2)
		return cli_usage("there are two sides, and so at most two bases");
	for (size_t i = 0; i < v->bases.count && !ret; i++)
		ret = btf_file_open(v->bases.words[i], NULL, &bases[i], &error);
	for (int i = 0; i < count && !ret; i++)
		ret = btf_file_open(paths[i], bases[v->bases.count == 2 ? i : 0].btf, &sides[i], &error);
	status = ret ? cli_error(&error) : finish(v, sides, paths);
	for (int i = 0; i < 2; i++)
		btf_file_close(&sides[i]);
	for (int i = 0; i < 2; i++)
		btf_file_close(&bases[i]);
	return status;
}

const struct command command_btf_compare = {
	.name = "btf compare",
	.synopsis = "[options] A B",
	.summary = "compare the types in two .BTF sections, whatever their order",
	.notes = "The files are ELF files with a section .BTF, or such sections by themselves. Two types are the same "
		 "if "
		 "nothing that one can get to from them differs.\n"
		 "Exit status: 0 identical, 1 different, 2 trouble, 3 the same types in another order.",
	.options = compare_rows,
	.values_size = sizeof(struct compare_values),
	.least = 2,
	.most = 2,
	.operands = "exactly two files are needed",
	.run = run,
};
