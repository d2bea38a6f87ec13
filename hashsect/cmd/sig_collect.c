// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/cleanup.h"
#include "collect.h"
#include "commands.h"
#include "report/store.h"
#include "store/folder.h"

struct collect_values {
	const char *out;
	bool quiet;
	unsigned int jobs;
};

static const struct option_row collect_rows[] = {
	EFFECT_ROW(EFFECT_FOLDER, 'o', "output", "STORE", struct collect_values, out, "the folder to make"),
	FLAG_ROW('q', "quiet", struct collect_values, quiet, "print nothing but errors"),
	JOBS_ROW(struct collect_values, jobs),
	RULE_ROW(RULE_NEEDED, "output"),
	{0},
};

static int write_store(const struct collect_values *v, const struct store_entries *entries)
{
	autofree char *index = store_index(entries);
	struct elfsect_error error;

	if (!index)
		return cli_trouble("out of memory");
	if (store_write(v->out, entries, index, &cli_write_options, &error))
		return cli_error(&error);
	return v->quiet || !store_print(stdout, v->out, entries) ? STATUS_OK : cli_trouble("out of memory");
}

static int collect(void *values, int count, char **paths)
{
	const struct collect_values *v = values;
	struct members members = {0};
	struct store_entries entries = {0};
	struct elfsect_error error;
	int ret = 0, status;

	for (int i = 0; i < count && !ret; i++)
		ret = members_add(&members, paths[i], &error);
	if (!ret)
		ret = collect_members(&members, v->jobs, &entries, &error);
	if (ret)
		status = cli_error(&error);
	else if (!entries.count)
		status = cli_trouble("no signature and no certificate in what was given: no store is made");
	else
		status = write_store(v, &entries);
	store_entries_clear(&entries);
	members_clear(&members);
	return status;
}

const struct command command_sig_collect = {
	.name = "sig collect",
	.synopsis = "[options] -o STORE OFFICIAL...",
	.summary = "take the signatures and certificates off official files, for rebuilds",
	.notes = "OFFICIAL is a file, a package, or a folder with all files in it, packages among them. The store is a "
		 "folder of plain files, each "
		 "signature under the digest of the bytes that it signs: hashsect/STORE.md.",
	.options = collect_rows,
	.values_size = sizeof(struct collect_values),
	.least = 1,
	.operands = "no official file given",
	.run = collect,
};
