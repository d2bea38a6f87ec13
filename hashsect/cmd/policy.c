// SPDX-License-Identifier: GPL-2.0-or-later
/* Policies as text, and what a policy means for one linked file: its map. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "digest_files.h"
#include "base/tool/edit.h"
#include "base/cleanup.h"
#include "elfsect_cleanup.h"

enum { OPT_EMBED = OPT_FIRST_OWN };

struct resolve_command {
	struct digest_options options;
	struct output_option output;
	bool embed;
};

static int make_map(const struct digest_options *o, const struct elfsect_view *view, char **text,
		    struct elfsect_error *error)
{
	struct hashsect_policy *own = NULL;
	int ret = policy_for_view(o, view, &own, error);

	if (!ret)
		ret = hashsect_map_make(view, own ? own : o->policy, o->threads, text, error);
	hashsect_policy_free(own);
	return ret;
}

static int print_map(const char *path, const struct resolve_command *command)
{
	struct elfsect_view *view = NULL;
	struct image *image = NULL;
	autofree char *text = NULL;
	struct elfsect_error error;
	int ret;

	/* A kernel that is replaced by its map would be lost. */
	if (command->output.out && edit_same_file(path, command->output.out))
		return cli_usage("policy resolve: -o %s is the file itself; --embed puts the map into it",
				 command->output.out);
	ret = open_image(path, &command->options, &image, &view, &error);
	if (!ret)
		ret = make_map(&command->options, view, &text, &error);
	elfsect_view_close(view);
	image_close(image);
	return ret ? cli_error(&error) : cli_write_output(command->output.out, (const uint8_t *)text, strlen(text));
}

/* Put the map into the file as a note. A note with this map is left alone, one with another map replaced. */
static int embed_map(const char *path, const struct resolve_command *command)
{
	elfsect_autoplan struct elfsect_plan *plan = NULL;
	elfsect_autoview struct elfsect_view *view = NULL;
	autofree char *text = NULL;
	struct elfsect_injection note = {
		.section = HASHSECT_MAP_NOTE_SECTION,
		.has_flags = true,
		.note_owner = HASHSECT_MAP_NOTE_OWNER,
		.note_type = HASHSECT_MAP_NOTE_TYPE,
		ELFSECT_INJECTION_INIT,
	};
	struct elfsect_error error;
	int ret;

	if (edit_open(path, &command->output, &view, &error) || make_map(&command->options, view, &text, &error))
		return cli_error(&error);
	note.data = (const uint8_t *)text;
	note.size = strlen(text);
	ret = elfsect_plan_inject(view, &note, &plan, &error);
	if (ret == -EEXIST)
		return cli_trouble("%s: there is a section %s already, which is no note with a map", path,
				   HASHSECT_MAP_NOTE_SECTION);
	return ret ? cli_error(&error) : edit_write(plan, path, &command->output);
}

static int resolve(int argc, char **argv, struct resolve_command *command)
{
	const struct digest_options *o = &command->options;
	int status;

	if (argc != 1)
		return cli_usage("policy resolve takes one file");
	if (o->scope || o->hash || o->map_path || o->require_proof || o->modules)
		return cli_usage(
			"policy resolve: --scope, --hash, --map, --modules and --require-proof are for digests");
	if (command->embed && (!strcmp(argv[0], "-") || (command->output.out && !strcmp(command->output.out, "-"))))
		return cli_usage("policy resolve: --embed needs files");
	status = digest_options_ready(&command->options);
	if (status)
		return status;
	return command->embed ? embed_map(argv[0], command) : print_map(argv[0], command);
}

int cmd_policy_resolve(int argc, char **argv)
{
	static const struct option options[] = {
		DIGEST_OPTIONS,
		{"output", required_argument, NULL, 'o'},
		{"embed", no_argument, NULL, OPT_EMBED},
		{0},
	};
	struct resolve_command command = {0};
	int c, status = STATUS_OK;

	while (!status && (c = getopt_long(argc, argv, ":j:o:", options, NULL)) != -1) {
		if (c == OPT_EMBED)
			command.embed = true;
		else if (c == 'o')
			command.output.out = optarg;
		else if (!digest_options_take(&command.options, c, &status))
			status = cli_bad_option(c, argv);
	}
	if (!status)
		status = resolve(argc - optind, argv + optind, &command);
	digest_options_clear(&command.options);
	return status;
}

int cmd_policy_show(int argc, char **argv)
{
	static const struct option options[] = {{0}};
	struct digest_options o = {0};
	int status = STATUS_OK, c = getopt_long(argc, argv, ":", options, NULL);

	if (c != -1)
		return cli_bad_option(c, argv);
	if (argc - optind != 1)
		return cli_usage("policy show takes the name of a policy, or its file");
	o.policy_name = argv[optind];
	status = digest_options_ready(&o);
	if (!status)
		fputs(hashsect_policy_text(o.policy), stdout);
	digest_options_clear(&o);
	return status;
}
