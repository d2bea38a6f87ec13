// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "commands.h"
#include "digest_files.h"
#include "page_output.h"
#include "report/explain.h"
#include "report/page/pages.h"

struct explain_command {
	struct digest_options options;
	const char *html;
	bool json, verbose;
};

static const struct option_row explain_rows[] = {
	DIGEST_ROWS(record_option_rows, struct explain_command, options),
	FLAG_ROW(0, "json", struct explain_command, json, "print the result as JSON"),
	FLAG_ROW('v', "verbose", struct explain_command, verbose, "list all causes, however many"),
	PAGE_ROW(struct explain_command, html),
	{0},
};

/* What the digest left out, for the library. The caller frees the list. */
static int take_side(const char *path, const struct file_digest *file, struct explain_side *side,
		     struct explain_range **ranges, struct elfsect_error *error)
{
	const struct hashsect_digest *digest = file->digest;
	size_t count = 0;

	for (size_t i = 0; i < digest->exclusion_count; i++)
		count += digest->exclusions[i].range_count;
	*ranges = calloc(count + 1, sizeof(**ranges));
	if (!*ranges)
		return failure_errno(error, ENOMEM, "%s", path);
	*side = (struct explain_side){.view = file->view, .ranges = *ranges};
	(void)image_layers(file->image, &count);
	if (!count && strcmp(path, "-") != 0)
		side->path = path;
	for (size_t i = 0; i < digest->exclusion_count; i++) {
		const struct hashsect_exclusion *e = &digest->exclusions[i];

		for (size_t k = 0; k < e->range_count; k++)
			(*ranges)[side->range_count++] = (struct explain_range){
				e->rule, e->ranges[k].section, e->ranges[k].offset, e->ranges[k].length};
	}
	return 0;
}

static int finish(const struct explain_command *command, const struct explanation *explanation,
		  const struct manifest *a, const struct manifest *b)
{
	static const int statuses[] = {
		[VERDICT_IDENTICAL] = STATUS_OK,
		[VERDICT_EXCLUDED] = STATUS_EXCLUDED,
		[VERDICT_DIFFERENT] = STATUS_DIFFERENT,
	};
	const struct comparison comparison = manifests_compare(a, b);
	int status = STATUS_OK;

	if (command->html)
		status = page_write(command->html, explanation_page(explanation, &comparison));
	if (status || page_is_output(command->html))
		return status ?: statuses[comparison.verdict];
	if (!command->json)
		explain_print(explanation, &comparison, command->verbose, stdout);
	else if (explain_print_json(explanation, &comparison, stdout))
		return cli_trouble("%s", strerror(ENOMEM));
	return statuses[comparison.verdict];
}

static int explain_digests(const struct explain_command *command, char **paths, struct file_digest files[2])
{
	struct explain_range *ranges[2] = {NULL, NULL};
	struct manifest *manifests[2] = {NULL, NULL};
	struct explanation explanation = {0};
	struct explain_side sides[2];
	struct elfsect_error error;
	int ret = 0, status;

	for (int i = 0; i < 2 && !ret; i++) {
		manifests[i] = file_manifest(&files[i], NULL, true);
		ret = manifests[i] ? take_side(paths[i], &files[i], &sides[i], &ranges[i], &error)
				   : failure_errno(&error, ENOMEM, "%s", paths[i]);
	}
	if (!ret)
		ret = explain_files(sides, &explanation, &error);
	status = ret ? cli_error(&error) : finish(command, &explanation, manifests[0], manifests[1]);
	explanation_clear(&explanation);
	for (int i = 0; i < 2; i++) {
		manifest_free(manifests[i]);
		free(ranges[i]);
	}
	return status;
}

static int explain(const struct explain_command *command, char **paths)
{
	struct file_digest files[2] = {{0}};
	struct elfsect_error error;
	int ret = 0, status;

	for (int i = 0; i < 2 && !ret; i++)
		ret = file_digest_make(paths[i], &command->options, NULL, &files[i], &error);
	status = ret ? file_digest_failed(ret, &error) : explain_digests(command, paths, files);
	for (int i = 0; i < 2; i++)
		file_digest_clear(&files[i]);
	return status;
}

static int run(void *values, int count, char **paths)
{
	struct explain_command *command = values;
	const int status = digest_options_begin(&command->options)
				   ?: digest_options_ready(&command->options) ?: explain(command, paths);

	(void)count;
	digest_options_clear(&command->options);
	return status;
}

const struct command command_explain = {
	.name = "explain",
	.synopsis = "[options] A B",
	.summary = "say why two ELF files differ: causes, places, and what follows from them",
	.notes = "Exit status: 0 equal, 1 different, 2 trouble, 3 equal but for the excluded bytes.",
	.options = explain_rows,
	.values_size = sizeof(struct explain_command),
	.least = 2,
	.most = 2,
	.operands = "exactly two files are needed",
	.run = run,
};
