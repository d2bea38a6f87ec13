// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "commands.h"
#include "compare_packages.h"
#include "digest_files.h"
#include "explained.h"
#include "page_output.h"
#include "report/explain.h"
#include "report/explain_packages.h"
#include "report/page/pages.h"

struct explain_command {
	struct digest_options options;
	struct option_strings debug_paths;
	const char *html;
	bool json, verbose;
};

static const struct option_row explain_rows[] = {
	DIGEST_ROWS(record_option_rows, struct explain_command, options),
	STRINGS_ROW(0, "debug-file", "FILE", struct explain_command, debug_paths,
		    "what a file lacks of symbols and debug information, told by build-id; may be given several times"),
	FLAG_ROW(0, "json", struct explain_command, json, "print the result as JSON"),
	FLAG_ROW('v', "verbose", struct explain_command, verbose, "list all causes, however many"),
	PAGE_ROW(struct explain_command, html),
	{0},
};

static const int verdict_statuses[] = {
	[VERDICT_IDENTICAL] = STATUS_OK,
	[VERDICT_EXCLUDED] = STATUS_EXCLUDED,
	[VERDICT_DIFFERENT] = STATUS_DIFFERENT,
};

static int finish(const struct explain_command *command, const struct explanation *explanation,
		  const struct manifest *a, const struct manifest *b)
{
	const struct comparison comparison = manifests_compare(a, b);
	int status = STATUS_OK;

	if (command->html)
		status = page_write(command->html, explanation_page(explanation, &comparison));
	if (status || page_is_output(command->html))
		return status ?: verdict_statuses[comparison.verdict];
	if (!command->json)
		explain_print(explanation, &comparison, command->verbose, stdout);
	else if (explain_print_json(explanation, &comparison, stdout))
		return cli_trouble("%s", strerror(ENOMEM));
	return verdict_statuses[comparison.verdict];
}

/* One side: its file, and what a stripped one says in another. */
struct explained_side {
	struct image *image; /* NULL once there is a digest of it */
	const struct debug_file *debug;
	struct digest_options options;
};

static int open_side(const char *path, const struct digest_options *options, struct debug_files *debug_files,
		     struct explained_side *side, struct elfsect_error *error)
{
	struct elfsect_view *view = NULL;
	int ret = open_image(path, options, &side->image, &view, error);

	side->options = *options;
	if (!ret) {
		side->debug = debug_files_find_installed(debug_files, path, view);
		if (side->debug && !side->options.map)
			side->options.map = debug_file_map(side->debug, view);
	}
	elfsect_view_close(view);
	return ret;
}

static int digest_side(struct explained_side *side, struct file_digest *file, struct elfsect_error *error)
{
	return file_digest_of(steal(side->image), &side->options, file, error);
}

static int explain_two(const struct explain_command *command, char **paths, const struct file_digest files[2],
		       const struct debug_file *const debug[2])
{
	const char *const names[2] = {paths[0], paths[1]};
	struct manifest *manifests[2] = {NULL, NULL};
	struct explanation explanation = {0};
	struct elfsect_error error;
	int ret = 0, status;

	for (int i = 0; i < 2 && !ret; i++) {
		manifests[i] = file_manifest(&files[i], NULL, true);
		ret = manifests[i] ? 0 : failure_errno(&error, ENOMEM, "%s", paths[i]);
	}
	ret = ret ?: explain_digests(names, files, debug, &explanation, &error);
	status = ret ? cli_error(&error) : finish(command, &explanation, manifests[0], manifests[1]);
	explanation_clear(&explanation);
	manifest_free(manifests[0]);
	manifest_free(manifests[1]);
	return status;
}

static int refuse_unused(const char *path)
{
	return cli_trouble("%s: its build-id is that of no stripped file here", path);
}

/* Debug files are told by the files alone, so a useless one is known before a digest fails for want of it. */
static int explain(const struct explain_command *command, char **paths, struct debug_files *debug_files)
{
	struct explained_side sides[2] = {{0}};
	struct file_digest files[2] = {{0}};
	struct elfsect_error error;
	const char *unused = NULL;
	int ret = 0, status;

	for (int i = 0; i < 2 && !ret; i++)
		ret = open_side(paths[i], &command->options, debug_files, &sides[i], &error);
	if (!ret)
		unused = debug_files_unused(debug_files);
	for (int i = 0; i < 2 && !ret && !unused; i++)
		ret = digest_side(&sides[i], &files[i], &error);
	if (unused)
		status = refuse_unused(unused);
	else if (ret)
		status = file_digest_failed(ret, &error);
	else
		status = explain_two(command, paths, files,
				     (const struct debug_file *const[]){sides[0].debug, sides[1].debug});
	for (int i = 0; i < 2; i++) {
		file_digest_clear(&files[i]);
		image_close(sides[i].image);
	}
	return status;
}

static int print_packages(const struct explain_command *command, const struct packages_comparison *c)
{
	return command->json ? packages_print_json(c, stdout) : packages_explain_print(c, command->verbose, stdout);
}

static int explain_packages(const struct explain_command *command, char **files, const struct debug_files *debug)
{
	const char *const paths[2] = {files[0], files[1]};
	struct packages_comparison comparison = {0};
	struct elfsect_error error;
	int status = STATUS_OK;

	if (compare_packages(paths, &command->options, debug, &comparison, &error))
		status = cli_error(&error);
	else if (debug_files_unused(debug))
		status = refuse_unused(debug_files_unused(debug));
	else if (command->html)
		status = page_write(command->html, packages_explanation_page(&comparison));
	if (!status && !page_is_output(command->html) && print_packages(command, &comparison))
		status = cli_trouble("%s", strerror(ENOMEM));
	if (!status)
		status = verdict_statuses[packages_verdict(&comparison)];
	packages_comparison_clear(&comparison);
	return status;
}

static int run(void *values, int count, char **paths)
{
	struct explain_command *command = values;
	struct debug_files debug = {.count = 0};
	struct elfsect_error error;
	int packages, status = packages_count(count, paths, &packages);

	if (status)
		return status;
	if (packages == 1)
		return packages_refuse_mixture();
	status = digest_options_begin(&command->options) ?: digest_options_ready(&command->options);
	if (!status && debug_files_open(&command->debug_paths, &command->options, &debug, &error))
		status = cli_error(&error);
	if (!status)
		status = packages ? explain_packages(command, paths, &debug) : explain(command, paths, &debug);
	debug_files_close(&debug);
	digest_options_clear(&command->options);
	return status;
}

const struct command command_explain = {
	.name = "explain",
	.synopsis = "[options] A B",
	.summary = "say why two files, folders or packages differ, and what follows from that",
	.notes = "Exit status: 0 equal, 1 different, 2 trouble, 3 equal but for the excluded bytes.",
	.options = explain_rows,
	.values_size = sizeof(struct explain_command),
	.least = 2,
	.most = 2,
	.operands = "exactly two files are needed",
	.run = run,
};
