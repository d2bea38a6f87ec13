// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <elf.h>
#include <string.h>

#include "commands.h"
#include "modules.h"
#include "elfsect_cleanup.h"

struct tree_command {
	const char *path;
	const char *root;
	const char *proofs;
	const char *kernel; /* --for */
	uint8_t data;	    /* ELFDATA2LSB or ELFDATA2MSB; ELFDATANONE: not said */
	unsigned int threads;
	bool json;
};

enum { OPT_ENDIAN = 256, OPT_FOR, OPT_PROOFS, OPT_JSON };

static const struct option tree_options[] = {
	{"output", required_argument, NULL, 'o'},
	{"proofs", required_argument, NULL, OPT_PROOFS},
	{"endian", required_argument, NULL, OPT_ENDIAN},
	{"for", required_argument, NULL, OPT_FOR},
	{"jobs", required_argument, NULL, 'j'},
	{"json", no_argument, NULL, OPT_JSON},
	{0},
};

static int parse_endian(const char *word, uint8_t *data)
{
	if (strcmp(word, "little") && strcmp(word, "big"))
		return cli_usage("modules tree: --endian is little or big, not '%s'", word);
	*data = strcmp(word, "big") ? ELFDATA2LSB : ELFDATA2MSB;
	return STATUS_OK;
}

static int endian_of_kernel(const char *path, uint8_t *data)
{
	elfsect_autoview struct elfsect_view *view = NULL;
	struct elfsect_error error;

	if (elfsect_view_open(path, &view, &error))
		return cli_error(&error);
	*data = elfsect_view_header(view)->data;
	return STATUS_OK;
}

static int write_proofs(const char *folder, const struct module_order *order, const struct merkle_tree *tree)
{
	autobatch struct elfsect_batch *batch = NULL;
	uint8_t file[MERKLE_PROOF_MAX];
	struct elfsect_error error;
	int status = STATUS_OK;

	if (elfsect_batch_new(&cli_write_options, &batch, &error))
		return cli_error(&error);
	for (size_t i = 0; i < order->count && !status; i++)
		status = add_below(batch, folder, order->stems[i], ".merkle", file,
				   merkle_proof_file(tree, (uint32_t)i, file));
	if (!status && elfsect_batch_finish(batch, &error))
		status = cli_error(&error);
	return status;
}

static int print_tree(const struct tree_command *c, const struct module_order *order, const struct merkle_tree *tree)
{
	uint8_t root[MERKLE_ROOT_SIZE];
	char hex[2 * MODULE_HASH_SIZE + 1];
	struct json_object *o;

	merkle_root(tree, ELFDATA2LSB, root);
	hex_text(root + 4, MODULE_HASH_SIZE, hex);
	if (!c->json) {
		printf("modules: %zu\nlevels: %u\nroot hash: %s\n", order->count, tree->levels, hex);
		return STATUS_OK;
	}
	o = json_object_new_object();
	json_object_object_add(o, "schema", json_object_new_int(MODULES_SCHEMA));
	json_object_object_add(o, "modules", json_object_new_uint64(order->count));
	json_object_object_add(o, "levels", json_object_new_uint64(tree->levels));
	json_object_object_add(o, "root", json_object_new_string(hex));
	return print_json(o);
}

static int run(struct tree_command *c)
{
	autoorder struct module_order order = {.folder_fd = -1};
	automerkle struct merkle_tree tree = {0};
	uint8_t root[MERKLE_ROOT_SIZE];
	int status = STATUS_OK;

	if (c->kernel)
		status = endian_of_kernel(c->kernel, &c->data);
	if (!status)
		status = tree_of_order(c->path, c->threads, &order, &tree);
	if (status)
		return status;
	if (c->proofs)
		status = write_proofs(c->proofs, &order, &tree);
	if (!status && c->root) {
		merkle_root(&tree, c->data, root);
		status = cli_write_output(c->root, root, sizeof(root));
	}
	if (status || (c->root && !strcmp(c->root, "-")))
		return status;
	return print_tree(c, &order, &tree);
}

int cmd_modules_tree(int argc, char **argv)
{
	struct tree_command command = {0};
	int c, status = STATUS_OK;

	while (!status && (c = getopt_long(argc, argv, ":o:j:", tree_options, NULL)) != -1) {
		if (c == 'o')
			command.root = optarg;
		else if (c == OPT_PROOFS)
			command.proofs = optarg;
		else if (c == OPT_ENDIAN)
			status = parse_endian(optarg, &command.data);
		else if (c == OPT_FOR)
			command.kernel = optarg;
		else if (c == 'j')
			status = option_jobs(optarg, &command.threads);
		else if (c == OPT_JSON)
			command.json = true;
		else
			status = cli_bad_option(c, argv);
	}
	if (status)
		return status;
	if (optind + 1 != argc)
		return cli_usage("modules tree: one modules.order or modules directory is needed");
	if (command.data && command.kernel)
		return cli_usage("modules tree: --endian and --for exclude each other");
	if (command.root && !command.data && !command.kernel)
		return cli_usage("modules tree: -o needs --endian or --for: the root has the byte order of the "
				 "kernel's machine");
	if (command.root && !strcmp(command.root, "-") && command.json)
		return cli_usage("modules tree: -o - and --json both write to standard output");
	command.path = argv[optind];
	return run(&command);
}
