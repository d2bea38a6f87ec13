// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "base/tool/edit.h"
#include "modules.h"
#include "modules/hash_slot.h"
#include "base/cleanup.h"
#include "elfsect_cleanup.h"

struct embed_command {
	const char *kernel;
	const char *order; /* or NULL, and one of these: */
	const char *table;
	const char *root;
	const char *map;
	struct output_option output;
	unsigned int threads;
};

enum { OPT_TABLE = 0x200, OPT_ROOT, OPT_MAP, OPT_IN_PLACE, OPT_VERIFY };

static const struct option embed_options[] = {
	{"table", required_argument, NULL, OPT_TABLE},
	{"root", required_argument, NULL, OPT_ROOT},
	{"system-map", required_argument, NULL, OPT_MAP},
	{"jobs", required_argument, NULL, 'j'},
	{"output", required_argument, NULL, 'o'},
	{"in-place", no_argument, NULL, OPT_IN_PLACE},
	{"verify", no_argument, NULL, OPT_VERIFY},
	{0},
};

/* What the modules give: a root or a table, as the slot wants it. */
static int data_of_order(const struct embed_command *c, const struct module_hash_slot *slot, uint8_t endian,
			 uint8_t **data, uint64_t *size)
{
	autoorder struct module_order order = {.folder_fd = -1};
	automerkle struct merkle_tree tree = {0};
	struct elfsect_error error;
	int status;

	if (!slot->is_root) {
		if (module_order_read(c->order, &order, &error) ||
		    module_hashes_make(&order, MODULE_HASH_LIST, c->threads, data, &error))
			return cli_error(&error);
		*size = order.count * MODULE_HASH_SIZE;
		return STATUS_OK;
	}
	status = tree_of_order(c->order, c->threads, &order, &tree);
	if (status)
		return status;
	*size = MERKLE_ROOT_SIZE;
	*data = malloc(MERKLE_ROOT_SIZE);
	if (!*data)
		return cli_trouble("out of memory");
	merkle_root(&tree, endian, *data);
	return STATUS_OK;
}

static int data_of_file(const struct embed_command *c, const struct module_hash_slot *slot, uint8_t endian,
			uint8_t **data, uint64_t *size)
{
	const char *path = c->root ? c->root : c->table;
	struct elfsect_error error;
	int status, ret;

	if (slot->is_root != !!c->root)
		return cli_trouble("%s: the slot module-hashes is for a %s, not for a %s", c->kernel,
				   slot->is_root ? "Merkle root" : "table of hashes",
				   c->root ? "Merkle root" : "table of hashes");
	status = cli_read_file(path, data, size);
	if (status)
		return status;
	if (c->root && *size != MERKLE_ROOT_SIZE)
		return cli_trouble("%s: a Merkle root has %d bytes, not %ju", path, MERKLE_ROOT_SIZE, (uintmax_t)*size);
	if (c->root)
		ret = merkle_root_check(*data, endian, path, &error);
	else
		ret = module_table_check(*data, *size, path, &error);
	return ret ? cli_error(&error) : STATUS_OK;
}

static int run(const struct embed_command *c)
{
	elfsect_autoplan struct elfsect_plan *plan = NULL;
	elfsect_autoview struct elfsect_view *view = NULL;
	elfsect_automap struct elfsect_system_map *map = NULL;
	autofree uint8_t *data = NULL;
	struct module_hash_slot slot;
	struct elfsect_error error;
	uint64_t size = 0;
	uint8_t endian;
	int status;

	if ((c->map && elfsect_system_map_open(c->map, &map, &error)) ||
	    edit_open(c->kernel, &c->output, &view, &error) || module_hash_slot_find(view, map, &slot, &error))
		return cli_error(&error);
	endian = elfsect_view_header(view)->data;
	status =
		c->order ? data_of_order(c, &slot, endian, &data, &size) : data_of_file(c, &slot, endian, &data, &size);
	if (status)
		return status;
	if (elfsect_plan_fill(view, &slot.slot, data, size, &plan, &error))
		return cli_error(&error);
	return edit_write_data(view, plan, c->kernel, &c->output);
}

int cmd_modules_embed(int argc, char **argv)
{
	struct embed_command command = {0};
	int c, status = STATUS_OK, words;

	while (!status && (c = getopt_long(argc, argv, ":o:j:", embed_options, NULL)) != -1) {
		if (c == OPT_TABLE)
			command.table = optarg;
		else if (c == OPT_ROOT)
			command.root = optarg;
		else if (c == OPT_MAP)
			command.map = optarg;
		else if (c == 'j')
			status = option_jobs(optarg, &command.threads);
		else if (c == 'o')
			command.output.out = optarg;
		else if (c == OPT_IN_PLACE)
			command.output.in_place = true;
		else if (c == OPT_VERIFY)
			command.output.verify = true;
		else
			status = cli_bad_option(c, argv);
	}
	if (status)
		return status;
	words = argc - optind;
	if (words < 1 || words > 2)
		return cli_usage("modules embed: a kernel is needed, and what to put into it");
	command.kernel = argv[optind];
	command.order = words == 2 ? argv[optind + 1] : NULL;
	if (!!command.order + !!command.table + !!command.root != 1)
		return cli_usage(
			"modules embed: one of --table, --root and a modules.order or modules directory is needed");
	if (!output_option_check(&command.output))
		return STATUS_TROUBLE;
	return run(&command);
}
