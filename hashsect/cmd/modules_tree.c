// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <elf.h>
#include <string.h>

#include "commands.h"
#include "modules.h"
#include "report/modules.h"
#include "elfsect_cleanup.h"

struct tree_values {
	const char *root;
	const char *proofs;
	const char *endian;
	const char *kernel;
	unsigned int threads;
	bool json;
};

static const struct option_row tree_rows[] = {
	EFFECT_ROW(EFFECT_FILE, 'o', "output", "ROOT", struct tree_values, root, "write the root: 36 bytes"),
	WORD_ROW(0, "endian", "little|big", OPTION_WORDS("little", "big"), struct tree_values, endian,
		 "the byte order of the root"),
	STRING_ROW(0, "for", "VMLINUX", struct tree_values, kernel, "the same: that of this kernel"),
	EFFECT_ROW(EFFECT_FOLDER, 0, "proofs", "DIR", struct tree_values, proofs,
		   "write the proof of each module, ready to be appended: DIR/NAME.merkle"),
	FLAG_ROW(0, "json", struct tree_values, json, "print levels and root as JSON"),
	JOBS_ROW(struct tree_values, threads),
	RULE_ROW(RULE_EXCLUDE, "endian", "for"),
	{0},
};

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

/* ELFDATA2LSB or ELFDATA2MSB; ELFDATANONE: not said, and not needed. */
static int choose_endian(const struct tree_values *v, uint8_t *data)
{
	*data = ELFDATANONE;
	if (v->kernel)
		return endian_of_kernel(v->kernel, data);
	if (v->endian)
		*data = strcmp(v->endian, "big") ? ELFDATA2LSB : ELFDATA2MSB;
	return STATUS_OK;
}

static int write_tree(const struct tree_values *v, const char *path)
{
	autoorder struct module_order order = {.folder_fd = -1};
	automerkle struct merkle_tree tree = {0};
	uint8_t root[MERKLE_ROOT_SIZE], data;
	int status = choose_endian(v, &data);

	if (!status)
		status = tree_of_order(path, v->threads, &order, &tree);
	if (status)
		return status;
	if (v->proofs)
		status = write_proofs(v->proofs, &order, &tree);
	if (!status && v->root) {
		merkle_root(&tree, data, root);
		status = cli_write_output(v->root, root, sizeof(root));
	}
	if (status || (v->root && !strcmp(v->root, "-")))
		return status;
	return merkle_tree_print(stdout, v->json, &tree) ? cli_trouble("out of memory") : STATUS_OK;
}

static int tree(void *values, int count, char **paths)
{
	const struct tree_values *v = values;

	(void)count;
	if (v->root && !v->endian && !v->kernel)
		return cli_usage("-o needs --endian or --for: the root has the byte order of the kernel's machine");
	if (v->root && !strcmp(v->root, "-") && v->json)
		return cli_usage("-o - and --json both write to standard output");
	return write_tree(v, paths[0]);
}

const struct command command_modules_tree = {
	.name = "modules tree",
	.synopsis = "[options] ORDER|DIR",
	.summary = "hash the modules of a kernel: the Merkle tree, its root and its proofs",
	.notes = ORDER_NOTES,
	.options = tree_rows,
	.values_size = sizeof(struct tree_values),
	.least = 1,
	.most = 1,
	.operands = "one modules.order or modules directory is needed",
	.run = tree,
};
