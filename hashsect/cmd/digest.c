// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "check_list.h"
#include "commands.h"
#include "digest_files.h"
#include "report/digest_line.h"
#include "report/left_out.h"
#include "report/manifest_write.h"

struct digest_command {
	struct digest_options options;
	bool manifest, json, quiet;
	const char *check;
};

static int print_manifest(const struct file_digest *file, const struct hashsect_policy *policy)
{
	struct manifest *manifest = file_manifest(file, policy, true);
	const int ret = manifest ? manifest_print(manifest, stdout) : -ENOMEM;

	manifest_free(manifest);
	return ret ? cli_trouble("%s", strerror(-ret)) : STATUS_OK;
}

static int digest_file(const char *path, const struct digest_command *command, struct files_report *report)
{
	struct file_digest file;
	struct elfsect_error error;
	int status = STATUS_OK, ret;

	ret = file_digest_make(path, &command->options, &file, &error);
	if (ret)
		return file_digest_failed(ret, &error);
	if (!command->quiet)
		left_out_print(file.image, file.view, file.digest, stderr);
	if (command->manifest) {
		status = print_manifest(&file, file_policy(&command->options, &file));
	} else if (command->json) {
		struct manifest *manifest = file_manifest(&file, NULL, false);

		files_report_manifest(report, manifest);
		manifest_free(manifest);
	} else {
		digest_line_print(stdout, file.digest->tagged, path);
	}
	file_digest_clear(&file);
	return status;
}

static int digest_files(int argc, char **argv, const struct digest_command *command)
{
	struct files_report report;
	int status = STATUS_OK;

	files_report_begin(&report, command->json, stdout);
	for (int i = 0; i < argc; i++) {
		const int one = digest_file(argv[i], command, &report);

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
	STRING_ROW(0, "check", "LIST|MANIFEST", struct digest_command, check,
		   "verify digests that were printed before, or a manifest"),
	FLAG_ROW('q', "quiet", struct digest_command, quiet,
		 "do not list what was excluded; with --check: print failures only"),
	RULE_ROW(RULE_EXCLUDE, "check", "manifest"),
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
	.synopsis = "[options] FILE...\n[options] --check LIST|MANIFEST",
	.summary = "print the digest of ELF files, less what the policy excludes",
	.notes = "FILE may be - for standard input. What is excluded is listed on standard error.\n"
		 "Exit status: 0 done, or all verified; 1 not verified; 2 trouble; 3 verified, but excluded bytes "
		 "differ from those of the manifest.",
	.options = digest_rows,
	.values_size = sizeof(struct digest_command),
	.run = run,
};
