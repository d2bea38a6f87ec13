// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * All proofs are checked before the first module is written: each must be of its module's position and lead from its
 * module to the root to which the others lead.
 */
#include <stdlib.h>
#include <stdio.h>
#include <elf.h>
#include <errno.h>
#include <string.h>

#include "base/bytes.h"
#include "commands.h"
#include "modules.h"
#include "modules/hash_slot.h"
#include "base/cleanup.h"

struct append_values {
	const char *proofs;
	const char *out;
};

static const struct option_row append_rows[] = {
	STRING_ROW(0, "proofs", "DIR", struct append_values, proofs, "what 'modules tree --proofs' wrote"),
	EFFECT_ROW(EFFECT_FOLDER, 'o', "output", "DIR", struct append_values, out,
		   "write the modules there; without it they are replaced"),
	RULE_ROW(RULE_NEEDED, "proofs"),
	{0},
};

/* A module and what is to be appended to it. */
struct one {
	size_t position;
	char *name; /* of its file in the order's folder, owned */
	char *path; /* owned */
	uint8_t *proof;
	uint64_t proof_size;
	struct module_file file;
	bool present; /* the file ends with the proof already */
};

struct appending {
	const struct append_values *values;
	struct module_order order;
	struct hash *hash;
	struct elfsect_batch *batch;
	uint8_t root[MODULE_HASH_SIZE]; /* to which the first proof leads */
	size_t appended, present;
};

static void one_clear(struct one *m)
{
	free(m->name);
	free(m->path);
	free(m->proof);
	m->name = m->path = NULL;
	m->proof = NULL;
}

/* A proof file that is sound in itself: position, siblings, trailer. */
static int check_proof(const struct one *m, const char *path)
{
	uint8_t tail[TRAILER_TAIL_SIZE];
	const uint64_t data_size = m->proof_size - TRAILER_TAIL_SIZE;

	if (m->proof_size < TRAILER_TAIL_SIZE + merkle_proof_size(1) || m->proof_size > MERKLE_PROOF_MAX ||
	    (data_size - 4) % MODULE_HASH_SIZE)
		return cli_trouble("%s: %ju bytes are no proof with its trailer", path, (uintmax_t)m->proof_size);
	module_trailer_tail(TRAILER_ID_MERKLE, (uint32_t)data_size, tail);
	if (memcmp(m->proof + data_size, tail, sizeof(tail)) != 0)
		return cli_trouble("%s: does not end with the trailer of a Merkle proof of its size", path);
	if (load_u32(m->proof, ELFDATA2MSB) != m->position)
		return cli_trouble("%s: a proof for position %u, but the module is at %zu", path,
				   load_u32(m->proof, ELFDATA2MSB), m->position);
	return STATUS_OK;
}

static int read_proof(const struct appending *a, struct one *m)
{
	autofree char *path = NULL;
	int status;

	if (asprintf(&path, "%s/%s.merkle", a->values->proofs, a->order.stems[m->position]) < 0) {
		path = NULL;
		return cli_trouble("%s", strerror(ENOMEM));
	}
	status = cli_read_file(path, CLI_SMALL_FILE_MAX, &m->proof, &m->proof_size);
	return status ? status : check_proof(m, path);
}

/* The module, alone or with just this proof behind it. */
static int read_module(const struct appending *a, struct one *m)
{
	struct module_trailer t;
	struct elfsect_error error;

	if (module_order_file(&a->order, m->position, &m->name, &error))
		return cli_error(&error);
	if (asprintf(&m->path, "%s/%s", a->order.folder, m->name) < 0) {
		m->path = NULL;
		return cli_trouble("%s", strerror(ENOMEM));
	}
	if (module_file_read(&m->file, a->order.folder_fd, m->name, m->path, &error))
		return cli_error(&error);
	if (m->file.was_compressed)
		return cli_trouble("%s: compressed: a proof is appended before a module is compressed", m->path);
	m->present = m->file.size > m->proof_size &&
		     !memcmp(m->file.bytes + m->file.size - m->proof_size, m->proof, m->proof_size);
	m->file.body_size = m->file.size - (m->present ? m->proof_size : 0);
	if (module_trailer_parse(m->file.bytes, m->file.body_size, m->path, &t, &error))
		return cli_error(&error);
	if (t.kind != TRAILER_NONE)
		return cli_trouble("%s: has a trailer of type %u already", m->path, t.id_type);
	return STATUS_OK;
}

static int check_fold(struct appending *a, const struct one *m)
{
	const uint32_t levels = (uint32_t)((m->proof_size - TRAILER_TAIL_SIZE - 4) / MODULE_HASH_SIZE);
	uint8_t node[MODULE_HASH_SIZE];
	int ret;

	ret = merkle_leaf(a->hash, (uint32_t)m->position, m->file.bytes, m->file.body_size, node)
		      ?: merkle_fold(a->hash, node, m->proof, levels, node);
	if (ret)
		return cli_trouble("%s: SHA-256: %s", m->path, strerror(-ret));
	if (!m->position)
		memcpy(a->root, node, sizeof(node));
	else if (memcmp(a->root, node, sizeof(node)) != 0)
		return cli_trouble(
			"%s: its proof leads to another root than the proofs before it%s", m->path,
			module_looks_stripped(&m->file)
				? "; it looks stripped: make the tree of what is installed (INSTALL_MOD_STRIP)"
				: "");
	return STATUS_OK;
}

static int write_module(struct appending *a, const struct one *m)
{
	autofree uint8_t *whole = NULL;
	struct elfsect_error error;
	uint64_t size;

	if (m->present && !a->values->out) {
		a->present++;
		return STATUS_OK;
	}
	if (module_trailer_append(m->file.bytes, m->file.body_size, m->proof, m->proof_size, &whole, &size))
		return cli_trouble("%s: %s", m->path, strerror(ENOMEM));
	a->appended++;
	if (a->values->out)
		return add_below(a->batch, a->values->out, a->order.stems[m->position], ".ko", whole, size);
	return elfsect_batch_add(a->batch, m->path, whole, size, &error) ? cli_error(&error) : STATUS_OK;
}

/* Go through all modules: check them, or write them. */
static int pass(struct appending *a, struct module_file *file, bool writing)
{
	int status = STATUS_OK;

	for (size_t i = 0; i < a->order.count && !status; i++) {
		struct one m = {.position = i, .file = *file};

		status = read_proof(a, &m) ?: read_module(a, &m) ?: check_fold(a, &m);
		if (!status && writing)
			status = write_module(a, &m);
		*file = m.file; /* its room is used again */
		one_clear(&m);
	}
	return status;
}

static int append(void *values, int count, char **paths)
{
	struct appending a = {.values = values, .order.folder_fd = -1};
	automodule struct module_file file = {0};
	struct elfsect_error error;
	int status, ret;

	(void)count;
	if (module_order_read(paths[0], &a.order, &error))
		return cli_error(&error);
	ret = module_hash_new(&a.hash);
	if (ret)
		status = cli_trouble("SHA-256: %s", strerror(-ret));
	else if (elfsect_batch_new(&cli_write_options, &a.batch, &error))
		status = cli_error(&error);
	else
		status = pass(&a, &file, false) ?: pass(&a, &file, true);
	if (!status && elfsect_batch_finish(a.batch, &error))
		status = cli_error(&error);
	if (!status)
		printf("appended: %zu, present: %zu\n", a.appended, a.present);
	elfsect_batch_free(a.batch);
	hash_free(a.hash);
	module_order_clear(&a.order);
	return status;
}

const struct command command_modules_append = {
	.name = "modules append",
	.synopsis = "[options] --proofs DIR ORDER|DIR",
	.summary = "append to each module its proof",
	.notes = ORDER_NOTES " Modules that end with their proof already are left alone. No module is written before "
			     "all were checked.",
	.options = append_rows,
	.values_size = sizeof(struct append_values),
	.least = 1,
	.most = 1,
	.operands = "one modules.order or modules directory is needed",
	.use = OPERANDS_EDITED_WITHOUT_OUTPUT,
	.run = append,
};
