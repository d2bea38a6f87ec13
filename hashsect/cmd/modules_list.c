// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "modules.h"
#include "report/modules.h"
#include "base/cleanup.h"

struct list_values {
	const char *table;
	bool json;
	unsigned int threads;
};

static const struct option_row list_rows[] = {
	EFFECT_ROW(EFFECT_FILE, 'o', "output", "TABLE", struct list_values, table,
		   "write the table: 32 bytes a module, in the order of modules.order"),
	FLAG_ROW(0, "json", struct list_values, json, "print the hashes as JSON"),
	JOBS_ROW(struct list_values, threads),
	RULE_ROW(RULE_EXCLUDE, "output", "json"),
	{0},
};

static int list(void *values, int count, char **paths)
{
	autoorder struct module_order order = {.folder_fd = -1};
	const struct list_values *v = values;
	autofree uint8_t *hashes = NULL;
	const int status = hashes_of_order(paths[0], MODULE_HASH_LIST, v->threads, &order, &hashes);

	(void)count;
	if (status)
		return status;
	if (v->table)
		return cli_write_output(v->table, hashes, order.count * MODULE_HASH_SIZE);
	return module_hashes_print(stdout, v->json, &order, hashes) ? cli_trouble("out of memory") : STATUS_OK;
}

const struct command command_modules_list = {
	.name = "modules list",
	.synopsis = "[options] ORDER|DIR",
	.summary = "hash the modules of a kernel: the flat table",
	.notes = ORDER_NOTES,
	.options = list_rows,
	.values_size = sizeof(struct list_values),
	.least = 1,
	.most = 1,
	.operands = "one modules.order or modules directory is needed",
	.run = list,
};
