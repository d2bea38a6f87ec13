// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "commands.h"
#include "base/json.h"
#include "hashsect.h"
#include "report/image_show.h"
#include "report/layers.h"
#include "sig_file.h"

static int show(const char *path, uint64_t max_size, struct json_object *list)
{
	const struct image_options options = {.max_size = max_size};
	struct elfsect_error error;
	struct image *image;

	if (image_open(path, &options, &image, &error))
		return cli_error(&error);
	if (list)
		json_object_array_add(list, image_show_object(image));
	else
		layers_print(stdout, image);
	image_close(image);
	return STATUS_OK;
}

struct show_values {
	bool json;
	uint64_t max_size;
};

static const struct option_row show_rows[] = {
	FLAG_ROW(0, "json", struct show_values, json, "print them as JSON"),
	MAX_SIZE_ROW(struct show_values, max_size),
	{0},
};

static int show_files(void *values, int count, char **paths)
{
	const struct show_values *v = values;
	struct json_object *list = v->json ? json_object_new_array() : NULL, *all;
	int status = STATUS_OK;

	for (int i = 0; i < count; i++)
		if (show(paths[i], v->max_size, list))
			status = STATUS_TROUBLE;
	if (!list)
		return status;
	all = json_object_new_object();
	json_object_object_add(all, "schema", json_object_new_int(HASHSECT_MANIFEST_SCHEMA));
	json_object_object_add(all, "files", list);
	return print_json(all) ?: status;
}

const struct command command_sig_show = {
	.name = "sig show",
	.synopsis = "[options] FILE...",
	.summary = "list the layers of modules: compression, signatures and their signers, proofs",
	.options = show_rows,
	.values_size = sizeof(struct show_values),
	.least = 1,
	.operands = "no file given",
	.run = show_files,
};
