// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "check_list.h"
#include "commands.h"
#include "digest_files.h"
#include "print_json.h"

enum { OPT_MANIFEST = OPT_FIRST_OWN, OPT_CHECK, OPT_JSON };

struct digest_command {
	struct digest_options options;
	bool manifest, json, quiet;
	const char *check;
};

static void print_digest_line(const char *digest, const char *path)
{
	/* As sha256sum does: a backslash in front says that the name is escaped. */
	if (strpbrk(path, "\n\r\\"))
		putchar('\\');
	printf("%s  ", digest);
	for (; *path; path++) {
		if (*path == '\n')
			fputs("\\n", stdout);
		else if (*path == '\r')
			fputs("\\r", stdout);
		else if (*path == '\\')
			fputs("\\\\", stdout);
		else
			putchar(*path);
	}
	putchar('\n');
}

static int print_manifest(const struct file_digest *file, const struct hashsect_policy *policy)
{
	struct json_object *o = file_manifest(file, true);

	json_object_object_add(o, "policy", json_object_new_string(hashsect_policy_text(policy)));
	return print_json(o);
}

static int digest_file(const char *path, const struct digest_command *command, struct json_object *list)
{
	struct file_digest file;
	struct elfsect_error error;
	int status = STATUS_OK, ret;

	ret = file_digest_make(path, &command->options, &file, &error);
	if (ret)
		return file_digest_failed(ret, &error);
	if (!command->quiet)
		print_exclusions(&file);
	if (command->manifest)
		status = print_manifest(&file, file_policy(&command->options, &file));
	else if (list)
		json_object_array_add(list, file_manifest(&file, false));
	else
		print_digest_line(file.digest->tagged, path);
	file_digest_clear(&file);
	return status;
}

static int digest_files(int argc, char **argv, const struct digest_command *command)
{
	struct json_object *list = command->json ? json_object_new_array() : NULL, *all;
	int status = STATUS_OK;

	for (int i = 0; i < argc; i++) {
		const int one = digest_file(argv[i], command, list);

		status = one > status ? one : status;
	}
	if (!list)
		return status;
	all = json_object_new_object();
	json_object_object_add(all, "schema", json_object_new_int(HASHSECT_MANIFEST_SCHEMA));
	json_object_object_add(all, "files", list);
	return print_json(all) ?: status;
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
