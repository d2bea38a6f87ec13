// SPDX-License-Identifier: GPL-2.0-or-later
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <string.h>

#include "commands.h"
#include "edit.h"

struct arguments {
	struct elfsect_injection wish;
	struct elfsect_definition *definitions; /* owned, with their names */
	const char *data;
	const char *out;
	const char *path;
};

/* ------------------------------------------------------------------------------------------------------ options */

static bool parse_flags(const char *word, uint64_t *flags)
{
	static const struct {
		char letter;
		uint64_t flag;
	} letters[] = {
		{ 'a', SHF_ALLOC },
		{ 'w', SHF_WRITE },
		{ 'x', SHF_EXECINSTR },
		{ 'e', SHF_EXCLUDE },
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
		a->wish.section = optarg;
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
	case 'o':
		a->out = optarg;
		return 0;
	default:
		return cli_bad_option(c, argv);
	}
}

static int parse_arguments(struct arguments *a, int argc, char **argv)
{
	static const struct option options[] = {
		{ "section", required_argument, NULL, 's' },
		{ "data", required_argument, NULL, 'd' },
		{ "align", required_argument, NULL, 'a' },
		{ "flags", required_argument, NULL, 'f' },
		{ "define", required_argument, NULL, 'D' },
		{ "output", required_argument, NULL, 'o' },
		{ 0 },
	};
	int c, status;

	while ((c = getopt_long(argc, argv, ":o:", options, NULL)) != -1) {
		status = parse_option(a, c, argv);
		if (status)
			return status;
	}
	if (!a->wish.section || !a->data)
		return cli_usage("inject: --section and --data are needed");
	if (optind + 1 != argc)
		return cli_usage("inject: exactly one file is needed");
	if (!edit_check_output(a->out))
		return STATUS_TROUBLE;
	a->path = argv[optind];
	a->wish.definitions = a->definitions;
	return 0;
}

/* --------------------------------------------------------------------------------------------------------- data */

/* All of a file, pipe or stdin; its size need not be known before. */
static int read_all(const char *path, uint8_t **bytes, uint64_t *size)
{
	const bool is_stdin = !strcmp(path, "-");
	autoclose int opened = is_stdin ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	const int fd = is_stdin ? STDIN_FILENO : opened;
	autofree uint8_t *buffer = NULL;
	size_t room = 0, used = 0;

	if (fd < 0)
		return cli_trouble("%s: %s", path, strerror(errno));
	for (;;) {
		ssize_t got;

		if (used == room) {
			uint8_t *grown;

			room = room ? room * 2 : 1u << 16;
			grown = realloc(buffer, room);
			if (!grown)
				return cli_trouble("%s: %s", path, strerror(ENOMEM));
			buffer = grown;
		}
		got = read(fd, buffer + used, room - used);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return cli_trouble("%s: %s", is_stdin ? "stdin" : path, strerror(errno));
		if (!got)
			break;
		used += (size_t)got;
	}
	*bytes = steal(buffer);
	*size = used;
	return 0;
}

/* ------------------------------------------------------------------------------------------------------- command */

static int inject(struct arguments *a)
{
	autoplan struct elfsect_plan *plan = NULL;
	autoview struct elfsect_view *view = NULL;
	autofree uint8_t *data = NULL;
	struct elfsect_error error;
	int status;

	if (elfsect_view_open(a->path, &view, &error))
		return cli_error(&error);
	status = read_all(a->data, &data, &a->wish.size);
	if (status)
		return status;
	a->wish.data = data;
	if (elfsect_plan_inject(view, &a->wish, &plan, &error))
		return cli_error(&error);
	return edit_write(plan, a->path, a->out);
}

int cmd_inject(int argc, char **argv)
{
	struct arguments arguments = { 0 };
	int status;

	status = parse_arguments(&arguments, argc, argv);
	if (!status)
		status = inject(&arguments);
	for (size_t i = 0; i < arguments.wish.definition_count; i++)
		free((void *)(uintptr_t)arguments.definitions[i].name);
	free(arguments.definitions);
	return status;
}
