// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "commands.h"
#include "base/tool/edit.h"
#include "modules.h"
#include "modules/hash_slot.h"
#include "report/modules.h"
#include "elfsect_cleanup.h"

struct verify_values {
	const char *map;
	bool json, quiet;
};

static const struct option_row verify_rows[] = {
	STRING_ROW(0, "system-map", "FILE", struct verify_values, map, "the symbols of a stripped kernel"),
	FLAG_ROW(0, "json", struct verify_values, json, "print the verdicts as JSON"),
	FLAG_ROW('q', "quiet", struct verify_values, quiet, "print refused modules only"),
	{0},
};

struct verifying {
	const struct verify_values *values;
	const char *kernel;
	struct module_hash_slot slot;
	struct hash *hash;
	struct module_file file;
	struct files_report report;
};

static int verify_one(struct verifying *v, const char *path)
{
	struct hash_verdict verdict = {0};
	struct elfsect_error error;
	int ret;

	if (module_file_read(&v->file, AT_FDCWD, path, path, &error))
		return cli_error(&error);
	ret = module_hash_verify(&v->slot, &v->file, v->hash, &verdict);
	if (ret)
		return cli_trouble("%s: SHA-256: %s", path, strerror(-ret));
	if (v->report.json || verdict.code || !v->values->quiet)
		files_report_hash_verdict(&v->report, path, &verdict);
	return verdict.code ? STATUS_DIFFERENT : STATUS_OK;
}

/* The kernel's root as this tool would make it: with other words in it every verdict would be about nothing. */
static int check_kernel(const struct verifying *v, const struct elfsect_view *view)
{
	struct elfsect_error error;

	if (!v->slot.is_root)
		return STATUS_OK;
	return merkle_root_check(v->slot.bytes, elfsect_view_header(view)->data, v->kernel, &error) ? cli_error(&error)
												    : STATUS_OK;
}

/* The operands are a kernel and modules. */
static int verify(void *values, int count, char **paths)
{
	elfsect_autoview struct elfsect_view *view = NULL;
	elfsect_automap struct elfsect_system_map *map = NULL;
	const struct verify_values *c = values;
	struct verifying v = {.values = c, .kernel = paths[0]};
	struct elfsect_error error;
	int status, ret;

	if ((c->map && elfsect_system_map_open(c->map, &map, &error)) || elfsect_view_open(v.kernel, &view, &error) ||
	    module_hash_slot_find(view, map, &v.slot, &error))
		return cli_error(&error);
	ret = module_hash_new(&v.hash);
	status = ret ? cli_trouble("SHA-256: %s", strerror(-ret)) : check_kernel(&v, view);
	if (!status) {
		files_report_begin(&v.report, c->json, stdout);
		for (int i = 1; i < count; i++) {
			const int one = verify_one(&v, paths[i]);

			status = one > status ? one : status;
		}
		if (hash_verdicts_end(&v.report, v.kernel, &v.slot))
			status = cli_trouble("out of memory");
	}
	hash_free(v.hash);
	module_file_clear(&v.file);
	return status;
}

const struct command command_modules_verify = {
	.name = "modules verify",
	.synopsis = "[options] VMLINUX MODULE...",
	.summary = "say of modules what a kernel with these hashes says",
	.notes = "Exit status: 0 all would be accepted, 1 at least one would not, 2 trouble.",
	.options = verify_rows,
	.values_size = sizeof(struct verify_values),
	.least = 2,
	.operands = "a kernel and at least one module are needed",
	.run = verify,
};
