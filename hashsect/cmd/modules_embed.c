// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "base/tool/edit.h"
#include "modules.h"
#include "modules/hash_slot.h"
#include "base/cleanup.h"
#include "elfsect_cleanup.h"

struct embed_values {
	const char *table;
	const char *root;
	const char *map;
	struct output_option output;
	unsigned int threads;
};

static const struct option_row embed_rows[] = {
	STRING_ROW(0, "table", "FILE", struct embed_values, table, "what 'modules list -o' wrote"),
	STRING_ROW(0, "root", "FILE", struct embed_values, root, "what 'modules tree -o' wrote"),
	STRING_ROW(0, "system-map", "FILE", struct embed_values, map, "the symbols of a stripped kernel"),
	OUTPUT_ROWS(struct embed_values, output),
	JOBS_ROW(struct embed_values, threads),
	RULE_ROW(RULE_EXCLUDE, "table", "root"),
	{0},
};

struct embed_command {
	const struct embed_values *values;
	const char *kernel;
	const char *order; /* or NULL */
};

/* What the modules give: a root or a table, as the slot wants it. */
static int data_of_order(const struct embed_command *c, const struct module_hash_slot *slot, uint8_t endian,
			 uint8_t **data, uint64_t *size)
{
	autoorder struct module_order order = {.folder_fd = -1};
	automerkle struct merkle_tree tree = {0};
	int status;

	if (!slot->is_root) {
		status = hashes_of_order(c->order, MODULE_HASH_LIST, c->values->threads, &order, data);
		*size = order.count * MODULE_HASH_SIZE;
		return status;
	}
	status = tree_of_order(c->order, c->values->threads, &order, &tree);
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
	const char *path = c->values->root ? c->values->root : c->values->table;
	struct elfsect_error error;
	int status, ret;

	if (slot->is_root != !!c->values->root)
		return cli_trouble("%s: the slot module-hashes is for a %s, not for a %s", c->kernel,
				   slot->is_root ? "Merkle root" : "table of hashes",
				   c->values->root ? "Merkle root" : "table of hashes");
	status = cli_read_file(path, CLI_DATA_FILE_MAX, data, size);
	if (status)
		return status;
	if (c->values->root && *size != MERKLE_ROOT_SIZE)
		return cli_trouble("%s: a Merkle root has %d bytes, not %ju", path, MERKLE_ROOT_SIZE, (uintmax_t)*size);
	if (c->values->root)
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

	if ((c->values->map && elfsect_system_map_open(c->values->map, &map, &error)) ||
	    edit_open(c->kernel, &c->values->output, &view, &error) || module_hash_slot_find(view, map, &slot, &error))
		return cli_error(&error);
	endian = elfsect_view_header(view)->data;
	status =
		c->order ? data_of_order(c, &slot, endian, &data, &size) : data_of_file(c, &slot, endian, &data, &size);
	if (status)
		return status;
	if (elfsect_plan_fill(view, &slot.slot, data, size, &plan, &error))
		return cli_error(&error);
	return edit_write_data(view, plan, c->kernel, &c->values->output);
}

/* The operands are a kernel and, without a table or root, the modules. */
static int embed(void *values, int count, char **paths)
{
	const struct embed_values *v = values;
	const struct embed_command command = {v, paths[0], count == 2 ? paths[1] : NULL};

	if (!!command.order + !!v->table + !!v->root != 1)
		return cli_usage("one of --table, --root and a modules.order or modules directory is needed");
	return output_option_check(&v->output) ? run(&command) : STATUS_TROUBLE;
}

const struct command command_modules_embed = {
	.name = "modules embed",
	.synopsis = "[options] VMLINUX ORDER|DIR\n[options] VMLINUX --table FILE|--root FILE",
	.summary = "put a table or a root into a kernel, as its slot wants it",
	.notes = ORDER_NOTES,
	.options = embed_rows,
	.values_size = sizeof(struct embed_values),
	.least = 1,
	.most = 2,
	.operands = "a kernel is needed, and what to put into it",
	.use = OPERAND_EDITED,
	.run = embed,
};
