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

struct resolve_command {
	struct digest_options options;
	struct output_option output;
	bool embed;
};

static const struct option_row resolve_rows[] = {
	DIGEST_ROWS(policy_option_rows, struct resolve_command, options),
	EFFECT_ROW(EFFECT_FILE, 'o', "output", "OUT", struct resolve_command, output.out,
		   "a file instead of stdout; with --embed, instead of VMLINUX"),
	EDITS_ROW(0, "embed", struct resolve_command, embed,
		  "put the map into VMLINUX, as a note that strip and objcopy keep"),
	DIGEST_ROWS(limit_option_rows, struct resolve_command, options),
	{0},
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

static int resolve(void *values, int count, char **paths)
{
	struct resolve_command *command = values;
	const char *out = command->output.out;
	int status;

	(void)count;
	if (command->embed && (!strcmp(paths[0], "-") || (out && !strcmp(out, "-"))))
		return cli_usage("--embed needs files");
	status = digest_options_ready(&command->options);
	if (!status)
		status = command->embed ? embed_map(paths[0], command) : print_map(paths[0], command);
	digest_options_clear(&command->options);
	return status;
}

const struct command command_policy_resolve = {
	.name = "policy resolve",
	.synopsis = "[options] VMLINUX",
	.summary = "print a linked file's map: where it has what the policy excludes",
	.notes = "VMLINUX has its symbol table. With the map (digest --map), or the note in them, its stripped copies "
		 "have the digest that it has itself in scope loaded. A map is not trusted: what it says is checked "
		 "against the file, and what is excluded as always.",
	.options = resolve_rows,
	.values_size = sizeof(struct resolve_command),
	.least = 1,
	.most = 1,
	.operands = "exactly one file is needed",
	.run = resolve,
};

static int show(void *values, int count, char **names)
{
	struct digest_options o = {.policy_name = names[0]};
	int status = digest_options_ready(&o);

	(void)values;
	(void)count;
	if (!status)
		fputs(hashsect_policy_text(o.policy), stdout);
	digest_options_clear(&o);
	return status;
}

const struct command command_policy_show = {
	.name = "policy show",
	.synopsis = "linux|strict|FILE",
	.summary = "print the canonical text of a policy, which every digest under it covers",
	.least = 1,
	.most = 1,
	.operands = "the name of a policy is needed, or its file",
	.run = show,
};
