// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "authenticode.h"
#include "check_list.h"
#include "commands.h"
#include "digest/pool.h"
#include "digest_files.h"
#include "report/digest_line.h"
#include "report/left_out.h"
#include "report/manifest_write.h"

struct digest_command {
	struct digest_options options;
	bool manifest, json, quiet, authenticode;
	const char *check;
};

/* What is printed of one file: made by any thread, printed in the order of the files. */
struct result {
	int ret; /* of file_digest_make(), with the error */
	struct elfsect_error error;
	char *left_out; /* NULL with --quiet */
	struct manifest *manifest;
};

/* Files that are digested side by side. */
struct batch {
	const struct digest_command *command;
	char **paths;
	struct result *results;
};

/*
 * Small files are digested side by side; one that is not small keeps all threads busy, and takes the memory of one. A
 * batch is printed before the next one begins.
 */
enum { SMALL_FILE = 16 << 20, BATCH_MAX = 256 };

static int describe(const struct digest_command *command, const struct file_digest *file, struct result *r)
{
	const struct hashsect_policy *policy = command->manifest ? file_policy(&command->options, file) : NULL;
	size_t size;
	FILE *text;

	r->manifest = file_manifest(file, policy, command->manifest);
	if (!r->manifest)
		return -ENOMEM;
	if (command->quiet)
		return 0;
	text = open_memstream(&r->left_out, &size);
	if (!text)
		return -ENOMEM;
	left_out_print(file->image, file->view, file->digest, text);
	return fclose(text) ? -ENOMEM : 0;
}

/* A task of struct work. What is wrong with a file does not stop the others. */
static int digest_file(void *context, void *state, size_t task, struct elfsect_error *error)
{
	const struct batch *batch = context;
	const char *path = batch->paths[task];
	struct result *r = &batch->results[task];
	struct file_digest file;

	(void)state;
	(void)error;
	r->ret = file_digest_make(path, &batch->command->options, &file, &r->error);
	if (r->ret)
		return 0;
	if (describe(batch->command, &file, r))
		r->ret = failure_errno(&r->error, ENOMEM, "%s", path);
	file_digest_clear(&file);
	return 0;
}

static int print_result(const struct digest_command *command, const char *path, const struct result *r,
			struct files_report *report)
{
	if (r->ret)
		return file_digest_failed(r->ret, &r->error);
	if (r->left_out)
		fputs(r->left_out, stderr);
	if (command->manifest)
		return manifest_print(r->manifest, stdout) ? cli_trouble("%s", strerror(ENOMEM)) : STATUS_OK;
	if (command->json)
		files_report_manifest(report, r->manifest);
	else
		digest_line_print(stdout, r->manifest->digest, path);
	return STATUS_OK;
}

/* How many of the paths make a batch: small files, or one of any size. */
static int batch_size(const struct digest_command *command, int count, char **paths)
{
	struct stat st;
	int size = 0;

	while (size < count && size < BATCH_MAX && !command->options.modules && strcmp(paths[size], "-") != 0 &&
	       !stat(paths[size], &st) && S_ISREG(st.st_mode) && st.st_size <= SMALL_FILE)
		size++;
	return size ? size : 1;
}

static int digest_batch(const struct digest_command *command, int count, char **paths, struct files_report *report)
{
	autofree struct result *results = calloc((size_t)count, sizeof(*results));
	struct batch batch = {command, paths, results};
	const struct work work = {.count = (size_t)count, .run = digest_file, .context = &batch};
	int status = STATUS_OK;

	if (!results || workers_run(command->options.workers->workers, &work, NULL))
		return cli_trouble("%s", strerror(ENOMEM));
	for (int i = 0; i < count; i++) {
		const int one = print_result(command, paths[i], &results[i], report);

		status = one > status ? one : status;
		manifest_free(results[i].manifest);
		free(results[i].left_out);
	}
	return status;
}

static int digest_files(int count, char **paths, const struct digest_command *command)
{
	struct files_report report;
	int status = STATUS_OK;

	files_report_begin(&report, command->json, stdout);
	for (int done = 0, size; done < count; done += size) {
		int one;

		size = batch_size(command, count - done, paths + done);
		one = digest_batch(command, size, paths + done, &report);
		status = one > status ? one : status;
	}
	if (files_report_end(&report, HASHSECT_MANIFEST_SCHEMA))
		return cli_trouble("%s", strerror(ENOMEM));
	return status;
}

static const struct option_row digest_rows[] = {
	DIGEST_ROWS(digest_option_rows, struct digest_command, options),
	FLAG_ROW(0, "manifest", struct digest_command, manifest,
		 "print the manifest of one file: JSON with the hash of every part"),
	FLAG_ROW(0, "json", struct digest_command, json, "print digests and exclusions as JSON"),
	STRING_ROW(0, "check", "LIST", struct digest_command, check,
		   "verify digests that were printed before; for a manifest see 'hashsect compare'"),
	FLAG_ROW('q', "quiet", struct digest_command, quiet,
		 "do not list what was excluded; with --check: print failures only"),
	FLAG_ROW(0, "authenticode", struct digest_command, authenticode,
		 "print what a signature of a PE file is over, without its table; and what it is over if the signer "
		 "adds "
		 "padding, where that differs. Of the other options only --hash, --json and --max-size have a meaning"),
	RULE_ROW(RULE_EXCLUDE, "check", "manifest", "authenticode"),
	RULE_ROW(RULE_EXCLUDE, "check", "json"),
	{0},
};

static int check_or_digest(struct digest_command *command, int count, char **paths)
{
	int status;

	if (command->check && count)
		return cli_usage("--check takes the files from its list");
	if (command->check)
		return digest_options_begin(&command->options)
			       ?: check_list(command->check, &command->options, command->quiet);
	if (!count)
		return cli_usage("no file given");
	if (command->authenticode)
		return authenticode_digests(count, paths, command->options.hash, command->options.max_size,
					    command->json);
	if (command->manifest && command->json)
		return cli_usage("--manifest is JSON already; --json is the short form for several files");
	if (command->manifest && count != 1)
		return cli_usage("--manifest takes one file");
	status = digest_options_ready(&command->options) ?: digest_options_begin(&command->options);
	return status ? status : digest_files(count, paths, command);
}

static int run(void *values, int count, char **paths)
{
	struct digest_command *command = values;
	const int status = check_or_digest(command, count, paths);

	digest_options_clear(&command->options);
	return status;
}

const struct command command_digest = {
	.name = "digest",
	.synopsis = "[options] FILE...\n[options] --check LIST",
	.summary = "print the digest of ELF files, less what the policy excludes",
	.notes = "FILE may be - for standard input. What is excluded is listed on standard error.\n"
		 "Exit status: 0 done, or all verified; 1 not verified; 2 trouble.",
	.options = digest_rows,
	.values_size = sizeof(struct digest_command),
	.run = run,
};
