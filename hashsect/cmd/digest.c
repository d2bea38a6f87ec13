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

enum { OPT_MANIFEST = OPT_FIRST_OWN, OPT_CHECK, OPT_JSON };

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

static int run(int argc, char **argv, struct digest_command *command)
{
	int status;

	if (command->check && argc)
		return cli_usage("digest: --check takes the files from its list");
	if (command->check && (command->manifest || command->json))
		return cli_usage("digest: --check prints neither a manifest nor JSON");
	if (command->check)
		return digest_options_begin(&command->options)
			       ?: check_list(command->check, &command->options, command->quiet);
	if (!argc)
		return cli_usage("digest: no file given");
	if (command->manifest && command->json)
		return cli_usage("digest: --manifest is JSON already; --json is the short form for several files");
	if (command->manifest && argc != 1)
		return cli_usage("digest: --manifest takes one file");
	status = digest_options_ready(&command->options) ?: digest_options_begin(&command->options);
	return status ? status : digest_files(argc, argv, command);
}

int cmd_digest(int argc, char **argv)
{
	static const struct option options[] = {
		DIGEST_OPTIONS,
		{"manifest", no_argument, NULL, OPT_MANIFEST},
		{"check", required_argument, NULL, OPT_CHECK},
		{"json", no_argument, NULL, OPT_JSON},
		{"quiet", no_argument, NULL, 'q'},
		{0},
	};
	struct digest_command command = {0};
	int c, status = STATUS_OK;

	while (!status && (c = getopt_long(argc, argv, ":j:q", options, NULL)) != -1) {
		if (c == OPT_MANIFEST)
			command.manifest = true;
		else if (c == OPT_CHECK)
			command.check = optarg;
		else if (c == OPT_JSON)
			command.json = true;
		else if (c == 'q')
			command.quiet = true;
		else if (!digest_options_take(&command.options, c, &status))
			status = cli_bad_option(c, argv);
	}
	if (!status)
		status = run(argc - optind, argv + optind, &command);
	digest_options_clear(&command.options);
	return status;
}
