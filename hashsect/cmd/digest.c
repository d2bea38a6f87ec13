// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "authenticode.h"
#include "check_list.h"
#include "commands.h"
#include "digest_batch.h"
#include "folder.h"
#include "modules/module.h"
#include "report/digest_line.h"
#include "report/left_out.h"
#include "report/manifest_write.h"

struct digest_command {
	struct digest_options options;
	bool manifest, json, quiet, verbose, authenticode;
	const char *check;
};

struct digesting {
	const struct digest_command *command;
	const struct path_list *paths;
	struct files_report report;
	struct account *account;
	size_t done; /* files with a digest, or an error */
};

static int print_result(struct digesting *d, const char *path, const struct batch_result *r)
{
	const struct digest_command *command = d->command;

	if (command->verbose)
		left_out_print(r->manifest, stderr);
	else if (!command->quiet && account_add(d->account, r->manifest))
		return cli_trouble("%s", strerror(ENOMEM));
	if (command->manifest)
		return manifest_print(r->manifest, stdout) ? cli_trouble("%s", strerror(ENOMEM)) : STATUS_OK;
	if (command->json)
		files_report_manifest(&d->report, r->manifest);
	else
		digest_line_print(stdout, r->manifest->digest, path);
	return STATUS_OK;
}

static int digested(void *context, size_t i, struct batch_result *r)
{
	struct digesting *d = context;

	d->done += !r->is_other;
	if (r->ret)
		return file_digest_failed(r->ret, &r->error);
	if (!r->is_other)
		return print_result(d, d->paths->list[i].path, r);
	account_add_other(d->account);
	if (d->command->verbose)
		cli_note("%s: no ELF file inside, no digest", d->paths->list[i].path);
	return STATUS_OK;
}

static int digest_paths(struct digesting *d)
{
	const struct digest_command *command = d->command;
	const struct path_list *paths = d->paths;
	autofree struct batch_file *files = calloc(paths->count + 1, sizeof(*files));
	const struct batch_plan plan = {
		.workers = command->options.workers,
		.full = command->manifest,
		.done = digested,
		.context = d,
	};
	int status;

	if (!files || !d->account)
		return cli_trouble("%s", strerror(ENOMEM));
	for (size_t i = 0; i < paths->count; i++)
		files[i] = (struct batch_file){paths->list[i].path, &command->options,
					       paths->list[i].is_below && !module_has_name(paths->list[i].path)};
	files_report_begin(&d->report, command->json, stdout);
	status = digest_batches(&plan, files, paths->count);
	if (files_report_end(&d->report, HASHSECT_MANIFEST_SCHEMA))
		return cli_trouble("%s", strerror(ENOMEM));
	fflush(stdout);
	if (!command->quiet)
		account_print(d->account, stderr);
	return status || d->done ? status : cli_trouble("no ELF file in the folders");
}

static int digest_files(int count, char **operands, const struct digest_command *command)
{
	struct path_list paths = {0};
	struct digesting d = {.command = command, .paths = &paths, .account = account_new()};
	int status = STATUS_OK;

	for (int i = 0; i < count && !status; i++)
		status = path_list_add(&paths, operands[i]);
	if (!status && command->manifest && paths.list[0].is_below)
		status = cli_usage("--manifest takes one file");
	if (!status)
		status = digest_paths(&d);
	account_free(d.account);
	path_list_clear(&paths);
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
		 "do not list what was left out; with --check: print failures only"),
	FLAG_ROW('v', "verbose", struct digest_command, verbose,
		 "list what was left out of each file; with --check: print each file"),
	FLAG_ROW(0, "authenticode", struct digest_command, authenticode,
		 "print what a signature of a PE file is over, without its table; and what it is over if the signer "
		 "adds "
		 "padding, where that differs. Of the other options only --hash, --json and --max-size have a meaning"),
	RULE_ROW(RULE_EXCLUDE, "check", "manifest", "authenticode"),
	RULE_ROW(RULE_EXCLUDE, "quiet", "verbose"),
	{0},
};

static int check_or_digest(struct digest_command *command, int count, char **paths)
{
	int status;

	if (command->check)
		return digest_options_begin(&command->options)
			       ?: check_list(command->check, &command->options, count, paths,
					     command->quiet	? REPORT_QUIET
					     : command->verbose ? REPORT_VERBOSE
								: REPORT_NORMAL,
					     command->json);
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
	.synopsis = "[options] FILE|DIR...\n[options] --check LIST [FILE|DIR...]",
	.summary = "print the digest of ELF files, less what the policy excludes",
	.notes =
		"FILE may be - for standard input. Of a folder, all files below it that hold an ELF file are digested. "
		"What is left out is listed on standard error, once for all files that have it in common.\n"
		"--check with files or folders: these and no others have to be in the list.\n"
		"Exit status: 0 done, or all verified; 1 not verified; 2 trouble.",
	.options = digest_rows,
	.values_size = sizeof(struct digest_command),
	.run = run,
};
