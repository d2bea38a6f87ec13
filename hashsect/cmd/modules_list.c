// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "commands.h"
#include "base/json.h"
#include "modules.h"
#include "base/cleanup.h"

struct list_values {
	const char *table;
	bool json;
	unsigned int threads;
};

static const struct option_row list_rows[] = {
	STRING_ROW('o', "output", "TABLE", struct list_values, table,
		   "write the table: 32 bytes a module, in the order of modules.order"),
	FLAG_ROW(0, "json", struct list_values, json, "print the hashes as JSON"),
	JOBS_ROW(struct list_values, threads),
	RULE_ROW(RULE_EXCLUDE, "output", "json"),
	{0},
};

static struct json_object *module_object(const struct module_order *order, size_t i, const char *hex)
{
	struct json_object *o = json_object_new_object();
	autofree char *path = NULL;

	if (asprintf(&path, "%s.ko", order->stems[i]) < 0)
		path = NULL;
	json_object_object_add(o, "position", json_object_new_uint64(i));
	json_object_object_add(o, "path", json_name(path ? path : order->stems[i]));
	json_object_object_add(o, "sha256", json_object_new_string(hex));
	return o;
}

static int print_list(const struct list_values *c, const struct module_order *order, const uint8_t *hashes)
{
	struct json_object *o = c->json ? json_object_new_object() : NULL,
			   *list = c->json ? json_object_new_array() : NULL;
	char hex[2 * MODULE_HASH_SIZE + 1];

	for (size_t i = 0; i < order->count; i++) {
		text_hex(hashes + i * MODULE_HASH_SIZE, MODULE_HASH_SIZE, hex, sizeof(hex));
		if (c->json)
			json_object_array_add(list, module_object(order, i, hex));
		else
			printf("%s  %s.ko\n", hex, order->stems[i]);
	}
	if (!c->json)
		return STATUS_OK;
	json_object_object_add(o, "schema", json_object_new_int(MODULES_SCHEMA));
	json_object_object_add(o, "modules", list);
	return print_json(o);
}

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
	return print_list(v, &order, hashes);
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
