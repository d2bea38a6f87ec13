// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "base/json.h"
#include "modules.h"
#include "base/cleanup.h"

struct list_command {
	const char *path;
	const char *table;
	unsigned int threads;
	bool json;
};

static const struct option list_options[] = {
	{"output", required_argument, NULL, 'o'},
	{"jobs", required_argument, NULL, 'j'},
	{"json", no_argument, NULL, 'J'},
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

static int print_list(const struct list_command *c, const struct module_order *order, const uint8_t *hashes)
{
	struct json_object *o = c->json ? json_object_new_object() : NULL,
			   *list = c->json ? json_object_new_array() : NULL;
	char hex[2 * MODULE_HASH_SIZE + 1];

	for (size_t i = 0; i < order->count; i++) {
		hex_text(hashes + i * MODULE_HASH_SIZE, MODULE_HASH_SIZE, hex);
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

static int run(const struct list_command *c)
{
	autoorder struct module_order order = {.folder_fd = -1};
	autofree uint8_t *hashes = NULL;
	struct elfsect_error error;

	if (module_order_read(c->path, &order, &error) ||
	    module_hashes_make(&order, MODULE_HASH_LIST, c->threads, &hashes, &error))
		return cli_error(&error);
	if (c->table)
		return cli_write_output(c->table, hashes, order.count * MODULE_HASH_SIZE);
	return print_list(c, &order, hashes);
}

int cmd_modules_list(int argc, char **argv)
{
	struct list_command command = {0};
	int c, status = STATUS_OK;

	while (!status && (c = getopt_long(argc, argv, ":o:j:", list_options, NULL)) != -1) {
		if (c == 'o')
			command.table = optarg;
		else if (c == 'j')
			status = option_jobs(optarg, &command.threads);
		else if (c == 'J')
			command.json = true;
		else
			status = cli_bad_option(c, argv);
	}
	if (status)
		return status;
	if (optind + 1 != argc)
		return cli_usage("modules list: one modules.order or modules directory is needed");
	if (command.table && command.json)
		return cli_usage("modules list: -o writes a table, --json prints text: one of them");
	command.path = argv[optind];
	return run(&command);
}
