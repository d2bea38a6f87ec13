// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <elf.h>
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "commands.h"
#include "base/tool/edit.h"
#include "base/cleanup.h"
#include "elfsect_cleanup.h"

struct arguments {
	struct elfsect_injection wish;
	struct elfsect_definition *definitions; /* owned, with their names */
	struct region_option region;		/* --section too */
	const char *slot;
	const char *map;
	const char *data;
	char *owner; /* of the note; owned */
	struct output_option output;
	const char *path;
};

/* ------------------------------------------------------------------------------------------------------ options */

static bool parse_flags(const char *word, uint64_t *flags)
{
	static const struct {
		char letter;
		uint64_t flag;
	} letters[] = {
		{'a', SHF_ALLOC},
		{'w', SHF_WRITE},
		{'x', SHF_EXECINSTR},
		{'e', SHF_EXCLUDE},
	};
	unsigned long long number;

	if (cli_number(word, &number)) {
		*flags = number;
		return true;
	}
	*flags = 0;
	for (; *word; word++) {
		size_t i = 0;

		while (i < sizeof(letters) / sizeof(letters[0]) && letters[i].letter != *word)
			i++;
		if (i == sizeof(letters) / sizeof(letters[0]))
			return false;
		*flags |= letters[i].flag;
	}
	return true;
}

/* OWNER:TYPE. Returns 0 or an exit status. */
static int parse_note(struct arguments *a, const char *word)
{
	const char *colon = strrchr(word, ':');
	unsigned long long type;

	if (!colon || colon == word || !cli_number(colon + 1, &type) || type > UINT32_MAX)
		return cli_usage("inject: --note %s: not OWNER:TYPE", word);
	free(a->owner);
	a->owner = strndup(word, (size_t)(colon - word));
	if (!a->owner)
		return cli_trouble("%s", strerror(ENOMEM));
	a->wish.note_type = (uint32_t)type;
	return 0;
}

/* NAME=PLACE. Returns 0 or an exit status. */
static int parse_definition(struct arguments *a, const char *word)
{
	static const char *const places[] = {
		[ELFSECT_AT_START] = "start",
		[ELFSECT_AT_END] = "end",
		[ELFSECT_AT_SIZE_WORD] = "size-word",
	};
	const char *equal = strrchr(word, '=');
	const size_t count = a->wish.definition_count;
	struct elfsect_definition *grown;
	unsigned int place = 0;

	while (equal && place < 3 && strcmp(equal + 1, places[place]) != 0)
		place++;
	if (!equal || equal == word || place == 3)
		return cli_usage("inject: --define %s: not NAME=start, NAME=end or NAME=size-word", word);
	grown = reallocarray(a->definitions, count + 1, sizeof(*grown));
	if (!grown)
		return cli_trouble("%s", strerror(ENOMEM));
	a->definitions = grown;
	grown[count].place = (enum elfsect_place)place;
	grown[count].name = strndup(word, (size_t)(equal - word));
	if (!grown[count].name)
		return cli_trouble("%s", strerror(ENOMEM));
	a->wish.definition_count++;
	return 0;
}

static int parse_option(struct arguments *a, int c, char **argv)
{
	unsigned long long number;

	switch (c) {
	case 's':
		a->region.section = optarg;
		return 0;
	case 'S':
		a->region.symbols = optarg;
		return 0;
	case 'y':
		a->region.symbol = optarg;
		return 0;
	case 'l':
		a->slot = optarg;
		return 0;
	case 'm':
		a->map = optarg;
		return 0;
	case 'd':
		a->data = optarg;
		return 0;
	case 'a':
		if (!cli_number(optarg, &number) || !number || (number & (number - 1)))
			return cli_usage("inject: --align %s: not a power of two", optarg);
		a->wish.align = number;
		return 0;
	case 'f':
		a->wish.has_flags = true;
		return parse_flags(optarg, &a->wish.flags)
			       ? 0
			       : cli_usage("inject: --flags %s: not a number or letters of a, w, x, e", optarg);
	case 'D':
		return parse_definition(a, optarg);
	case 'n':
		return parse_note(a, optarg);
	default:
		return output_option_parse(&a->output, c, optarg) ? 0 : cli_bad_option(c, argv);
	}
}

static int parse_arguments(struct arguments *a, int argc, char **argv)
{
	static const struct option options[] = {
		{"section", required_argument, NULL, 's'},
		{"symbols", required_argument, NULL, 'S'},
		{"symbol", required_argument, NULL, 'y'},
		{"slot", required_argument, NULL, 'l'},
		{"system-map", required_argument, NULL, 'm'},
		{"data", required_argument, NULL, 'd'},
		{"align", required_argument, NULL, 'a'},
		{"flags", required_argument, NULL, 'f'},
		{"define", required_argument, NULL, 'D'},
		{"note", required_argument, NULL, 'n'},
		OUTPUT_OPTIONS,
		{0},
	};
	int c, status;

	while ((c = getopt_long(argc, argv, ":o:", options, NULL)) != -1) {
		status = parse_option(a, c, argv);
		if (status)
			return status;
	}
	if (region_option_count(&a->region) + !!a->slot != 1 || !a->data)
		return cli_usage("inject: --data and one of --section, --symbols, --symbol and --slot are needed");
	if (!a->region.section && (a->wish.align || a->wish.has_flags || a->wish.definition_count || a->owner))
		return cli_usage("inject: --align, --flags, --define and --note go with --section");
	if (a->region.section && a->map)
		return cli_usage("inject: --system-map goes with --symbols, --symbol and --slot");
	if (optind + 1 != argc)
		return cli_usage("inject: exactly one file is needed");
	if (!output_option_check(&a->output))
		return STATUS_TROUBLE;
	a->path = argv[optind];
	a->wish.section = a->region.section;
	a->wish.definitions = a->definitions;
	a->wish.note_owner = a->owner;
	return 0;
}

/* ------------------------------------------------------------------------------------------------------- command */

static int plan_slot(const struct arguments *a, const struct elfsect_view *view, enum elfsect_slot_kind kind,
		     const char *name, struct elfsect_plan **plan, struct elfsect_error *error)
{
	elfsect_automap struct elfsect_system_map *map = NULL;
	struct elfsect_slot slot;
	int ret = 0;

	if (a->map)
		ret = elfsect_system_map_open(a->map, &map, error);
	if (!ret)
		ret = elfsect_slot_find(view, map, kind, name, &slot, error);
	return ret ? ret : elfsect_plan_fill(view, &slot, a->wish.data, a->wish.size, plan, error);
}

/* A section that a linked file has is a slot; other sections are made, or made anew. */
static int plan_section(const struct arguments *a, const struct elfsect_view *view, struct elfsect_plan **plan,
			struct elfsect_error *error)
{
	const struct elfsect_section *s;

	if (a->owner || elfsect_is_relocatable(view) ||
	    elfsect_section_find(view, a->wish.section, &s, NULL) == -ENOENT)
		return elfsect_plan_inject(view, &a->wish, plan, error);
	if (a->wish.definition_count || (a->wish.has_flags && (a->wish.flags ^ s->flags)) ||
	    (a->wish.align && a->wish.align != s->align))
		return failure(error, EINVAL,
			       "%s: section %s: in a linked file it keeps its symbols, flags and alignment",
			       elfsect_view_name(view), a->wish.section);
	return plan_slot(a, view, ELFSECT_SLOT_SECTION, a->wish.section, plan, error);
}

static int make_plan(const struct arguments *a, const struct elfsect_view *view, struct elfsect_plan **plan,
		     struct elfsect_error *error)
{
	if (a->region.section)
		return plan_section(a, view, plan, error);
	if (a->region.symbols)
		return plan_slot(a, view, ELFSECT_SLOT_SYMBOLS, a->region.symbols, plan, error);
	if (a->region.symbol)
		return plan_slot(a, view, ELFSECT_SLOT_SYMBOL, a->region.symbol, plan, error);
	return plan_slot(a, view, ELFSECT_SLOT_NAMED, a->slot, plan, error);
}

static int inject(struct arguments *a)
{
	elfsect_autoplan struct elfsect_plan *plan = NULL;
	elfsect_autoview struct elfsect_view *view = NULL;
	autofree uint8_t *data = NULL;
	struct elfsect_error error;
	int status;

	if (edit_open(a->path, &a->output, &view, &error))
		return cli_error(&error);
	status = cli_read_file(a->data, &data, &a->wish.size);
	if (status)
		return status;
	a->wish.data = data;
	if (make_plan(a, view, &plan, &error))
		return cli_error(&error);
	return edit_write_data(view, plan, a->path, &a->output);
}

int cmd_inject(int argc, char **argv)
{
	struct arguments arguments = {0};
	int status;

	status = parse_arguments(&arguments, argc, argv);
	if (!status)
		status = inject(&arguments);
	for (size_t i = 0; i < arguments.wish.definition_count; i++)
		free((void *)(uintptr_t)arguments.definitions[i].name);
	free(arguments.definitions);
	free(arguments.owner);
	return status;
}
