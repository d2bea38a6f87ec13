// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/compare.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "digest_files.h"
#include "report/manifest_read.h"
#include "print_json.h"
#include "tag_options.h"

enum { OPT_ACCEPT = OPT_FIRST_OWN, OPT_JSON };

struct compare_command {
	struct digest_options options;
	bool accept_excluded, json, quiet;
};

/* A manifest says under which hash, policy and scope a file has to be compared with it. */
static int take_tag(const char *path, const struct json_object *manifest, struct digest_options *options,
		    struct tag *tag, struct elfsect_error *error)
{
	if (!manifest || options->policy)
		return 0;
	tag_parse(json_field(manifest, "digest"), tag); /* it was checked when it was read */
	return tag_options(tag, path, options, error);
}

/* Of a file this was asked when its digest was computed; of a manifest here. */
static int manifest_require_proof(const char *path, const struct json_object *manifest, struct elfsect_error *error)
{
	struct json_object *exclusions = json_list(manifest, "exclusions"), *layers = json_list(manifest, "layers");
	struct json_object *proved;

	for (size_t i = 0; layers && i < json_object_array_length(layers); i++) {
		const struct json_object *layer = json_object_array_get_idx(layers, i);

		if (!json_object_object_get_ex(layer, "proved", &proved) || !json_object_get_boolean(proved))
			return failure(error, EBADMSG, "%s: a layer that is not proved (--require-proof): %s", path,
				       json_field(layer, "text"));
	}
	for (size_t i = 0; i < json_object_array_length(exclusions); i++) {
		const struct json_object *e = json_object_array_get_idx(exclusions, i);

		if (!json_object_object_get_ex(e, "proved", &proved) || !json_object_get_boolean(proved))
			return failure(error, EBADMSG,
				       "%s: rule %s: the excluded bytes are not proved (--require-proof)", path,
				       json_field(e, "rule"));
	}
	return 0;
}

static int digest_side(const char *path, const struct digest_options *options, struct json_object **manifest,
		       struct elfsect_error *error)
{
	struct file_digest file;
	int ret = file_digest_make(path, options, &file, error);

	if (ret)
		return ret;
	*manifest = file_manifest(&file, true);
	file_digest_clear(&file);
	return 0;
}

static int finish(const struct compare_command *command, const struct json_object *a, const struct json_object *b)
{
	const struct comparison c = compare_manifests(a, b);

	if (command->json) {
		if (print_json(comparison_object(&c)))
			return STATUS_TROUBLE;
	} else if (!command->quiet) {
		print_comparison(&c, stdout);
	}
	if (c.verdict == VERDICT_EXCLUDED)
		return command->accept_excluded ? STATUS_OK : STATUS_EXCLUDED;
	return c.verdict == VERDICT_DIFFERENT ? STATUS_DIFFERENT : STATUS_OK;
}

static int compare(char **paths, struct compare_command *command)
{
	struct json_object *sides[2] = {NULL, NULL};
	struct elfsect_error error;
	struct tag tag;
	int status = STATUS_OK, ret = 0;

	for (int i = 0; i < 2 && !ret; i++)
		if (is_manifest(paths[i]))
			ret = manifest_read(paths[i], &sides[i], &error)
				      ?: take_tag(paths[i], sides[i], &command->options, &tag, &error);
	if (!ret && !command->options.policy)
		status = digest_options_ready(&command->options);
	for (int i = 0; i < 2 && !ret && !status; i++)
		if (!sides[i])
			ret = digest_side(paths[i], &command->options, &sides[i], &error);
	for (int i = 0; i < 2 && !ret && !status && command->options.require_proof; i++)
		ret = manifest_require_proof(paths[i], sides[i], &error);
	if (ret)
		status = file_digest_failed(ret, &error);
	else if (!status && !command->options.excluded_count &&
		 !tags_equal(json_field(sides[0], "digest"), json_field(sides[1], "digest")))
		status = cli_trouble("%s and %s have digests of different kinds: %s, %s", paths[0], paths[1],
				     json_field(sides[0], "digest"), json_field(sides[1], "digest"));
	else if (!status)
		status = finish(command, sides[0], sides[1]);
	json_object_put(sides[0]);
	json_object_put(sides[1]);
	return status;
}

int cmd_compare(int argc, char **argv)
{
	static const struct option options[] = {
		DIGEST_OPTIONS,
		{"accept-excluded", no_argument, NULL, OPT_ACCEPT},
		{"json", no_argument, NULL, OPT_JSON},
		{"quiet", no_argument, NULL, 'q'},
		{0},
	};
	struct compare_command command = {0};
	int c, status = STATUS_OK;

	while (!status && (c = getopt_long(argc, argv, ":j:q", options, NULL)) != -1) {
		if (c == OPT_ACCEPT)
			command.accept_excluded = true;
		else if (c == OPT_JSON)
			command.json = true;
		else if (c == 'q')
			command.quiet = true;
		else if (!digest_options_take(&command.options, c, &status))
			status = cli_bad_option(c, argv);
	}
	if (!status && optind + 2 != argc)
		status = cli_usage("compare takes two files");
	if (!status)
		status = digest_options_begin(&command.options) ?: compare(argv + optind, &command);
	digest_options_clear(&command.options);
	return status;
}
