// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "commands.h"
#include "hashsect.h"
#include "report/image_show.h"
#include "sig_file.h"

static int show(const char *path, uint64_t max_size, struct files_report *report)
{
	const struct image_options options = {.max_size = max_size};
	struct elfsect_error error;
	struct image *image;

	if (image_open(path, &options, &image, &error))
		return cli_error(&error);
	files_report_image(report, image);
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
	struct files_report report;
	int status = STATUS_OK;

	files_report_begin(&report, v->json, stdout);
	for (int i = 0; i < count; i++)
		if (show(paths[i], v->max_size, &report))
			status = STATUS_TROUBLE;
	if (files_report_end(&report, HASHSECT_MANIFEST_SCHEMA))
		status = cli_trouble("out of memory");
	return status;
}

const struct command command_sig_show = {
	.name = "sig show",
	.synopsis = "[options] FILE...",
	.summary = "list the layers of modules and boot images: compression, signatures, proofs",
	.options = show_rows,
	.values_size = sizeof(struct show_values),
	.least = 1,
	.operands = "no file given",
	.run = show_files,
};
