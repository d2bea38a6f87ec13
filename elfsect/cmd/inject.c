// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <elf.h>
#include <errno.h>
#include <string.h>

#include "commands.h"
#include "region_option.h"
#include "base/tool/edit.h"
#include "base/cleanup.h"
#include "base/private_key.h"
#include "base/text.h"
#include "elfsect_cleanup.h"
#include "elfsect_keyring.h"

/* ------------------------------------------------------------------------------------------------------ options */

struct inject_values {
	struct region_option region; /* --section too */
	const char *slot;
	const char *map;
	const char *data;
	uint64_t align;
	const char *flags;
	struct option_strings definitions;
	const char *note;
	struct output_option output;
};

static const struct option_row inject_rows[] = {
	STRING_ROW(0, "section", "NAME", struct inject_values, region.section, "the section to create or refill"),
	SYMBOLS_ROW(struct inject_values, region.symbols),
	SYMBOL_ROW(struct inject_values, region.symbol),
	OFFER_ROW(0, "slot", "NAME", OPTION_WORDS("linux-extra-cert", "linux-keyring", "module-hashes"),
		  struct inject_values, slot,
		  "a slot of a kernel:\n"
		  "linux-extra-cert: system_extra_cert, with system_extra_cert_used and system_certificate_list_size "
		  "kept in step;\n"
		  "linux-keyring: the built-in certificates, same length only; if there are none, system_extra_cert "
		  "behind them;\n"
		  "module-hashes: .module_hashes, module_hashes_root, or "
		  "__start_module_hashes..__stop_module_hashes"),
	STRING_ROW(0, "system-map", "FILE", struct inject_values, map, "the symbols of a stripped kernel"),
	STRING_ROW(0, "data", "DATA", struct inject_values, data, "a file with the data, - for stdin"),
	ALIGN_ROW(0, "align", "N", struct inject_values, align,
		  "of a new section, a power of two; default 8, for the words of a kernel's keyring what they have on "
		  "this "
		  "machine"),
	STRING_ROW(0, "flags", "FLAGS", struct inject_values, flags,
		   "of a new section: letters a (allocated), w (writable), x (executable), e (excluded), or a number; "
		   "default a"),
	STRINGS_ROW(0, "define", "NAME=PLACE", struct inject_values, definitions,
		    "a symbol; its place is one of\n"
		    "start: at the first byte;\n"
		    "end: behind the last byte of the data;\n"
		    "size-word: at a word of the target's size and byte order that holds the length of the data"),
	STRING_ROW(0, "note", "OWNER:TYPE", struct inject_values, note,
		   "make the data an ELF note, and the section one of notes"),
	OUTPUT_ROWS(struct inject_values, output),
	RULE_ROW(RULE_NEEDED, "data"),
	RULE_ROW(RULE_ONE_OF, "section", "symbols", "symbol", "slot"),
	RULE_ROW(RULE_GOES_WITH, "section", "align", "flags", "define", "note"),
	RULE_ROW(RULE_EXCLUDE, "section", "system-map"),
	{0},
};

/* What the options wish for. */
struct injecting {
	struct elfsect_injection wish;
	struct elfsect_definition *definitions; /* owned, with their names */
	struct region_option region;
	const char *slot;
	const char *map;
	char *owner; /* of the note; owned */
};

static void cleanup_injecting(struct injecting *a)
{
	for (size_t i = 0; i < a->wish.definition_count; i++)
		free((void *)(uintptr_t)a->definitions[i].name);
	free(a->definitions);
	free(a->owner);
}

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
	uint64_t number;

	if (text_number(word, &number)) {
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
static int parse_note(struct injecting *a, const char *word)
{
	const char *colon = strrchr(word, ':');
	uint64_t type;

	if (!colon || colon == word || !text_number(colon + 1, &type) || type > UINT32_MAX)
		return cli_usage("--note %s: not OWNER:TYPE", word);
	a->owner = strndup(word, (size_t)(colon - word));
	if (!a->owner)
		return cli_trouble("%s", strerror(ENOMEM));
	a->wish.note_owner = a->owner;
	a->wish.note_type = (uint32_t)type;
	return 0;
}

/* NAME=PLACE. Returns 0 or an exit status. */
static int parse_definition(const char *word, struct elfsect_definition *definition)
{
	static const char *const places[] = {
		[ELFSECT_AT_START] = "start",
		[ELFSECT_AT_END] = "end",
		[ELFSECT_AT_SIZE_WORD] = "size-word",
	};
	const char *equal = strrchr(word, '=');
	unsigned int place = 0;

	while (equal && place < 3 && strcmp(equal + 1, places[place]) != 0)
		place++;
	if (!equal || equal == word || place == 3)
		return cli_usage("--define %s: not NAME=start, NAME=end or NAME=size-word", word);
	definition->place = (enum elfsect_place)place;
	definition->name = strndup(word, (size_t)(equal - word));
	return definition->name ? 0 : cli_trouble("%s", strerror(ENOMEM));
}

static int parse_definitions(struct injecting *a, const struct option_strings *words)
{
	int status = 0;

	a->definitions = calloc(words->count + 1, sizeof(*a->definitions));
	if (!a->definitions)
		return cli_trouble("%s", strerror(ENOMEM));
	a->wish.definitions = a->definitions;
	for (size_t i = 0; i < words->count && !status; i++) {
		status = parse_definition(words->words[i], &a->definitions[i]);
		a->wish.definition_count += !status;
	}
	return status;
}

static int parse_values(struct injecting *a, const struct inject_values *v)
{
	a->region = v->region;
	a->slot = v->slot;
	a->map = v->map;
	a->wish.section = v->region.section;
	a->wish.align = v->align;
	a->wish.has_flags = v->flags;
	if (v->flags && !parse_flags(v->flags, &a->wish.flags))
		return cli_usage("--flags %s: not a number or letters of a, w, x, e", v->flags);
	if (v->note && parse_note(a, v->note))
		return STATUS_TROUBLE;
	return parse_definitions(a, &v->definitions);
}

/* ------------------------------------------------------------------------------------------------------- command */

static int plan_slot(const struct injecting *a, const struct elfsect_view *view, enum elfsect_slot_kind kind,
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
static int plan_section(const struct injecting *a, const struct elfsect_view *view, struct elfsect_plan **plan,
			struct elfsect_error *error)
{
	const struct elfsect_section *s;
	int ret;

	if (a->owner || elfsect_is_relocatable(view))
		return elfsect_plan_inject(view, &a->wish, plan, error);
	ret = elfsect_section_find(view, a->wish.section, &s, error);
	if (ret)
		return ret == -ENOENT ? elfsect_plan_inject(view, &a->wish, plan, error) : ret;
	if (a->wish.definition_count || (a->wish.has_flags && (a->wish.flags ^ s->flags)) ||
	    (a->wish.align && a->wish.align != s->align))
		return failure(error, EINVAL,
			       "%s: section %s: in a linked file it keeps its symbols, flags and alignment",
			       elfsect_view_name(view), a->wish.section);
	return plan_slot(a, view, ELFSECT_SLOT_SECTION, a->wish.section, plan, error);
}

static int make_plan(const struct injecting *a, const struct elfsect_view *view, struct elfsect_plan **plan,
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

/* The slots of certificates take certificates and nothing else; no place takes a private key. */
static int check_data(const struct injecting *a, const char *path)
{
	const uint8_t *bytes = a->wish.data;
	struct elfsect_error error;
	uint64_t size;

	if (private_key_in(bytes, a->wish.size))
		return cli_trouble("%s: a private key in it: no image gets one", path);
	if (!a->slot || !strcmp(a->slot, "module-hashes"))
		return STATUS_OK;
	for (uint64_t at = 0; at < a->wish.size; at += size)
		if (elfsect_certificate_read(bytes + at, a->wish.size - at, &size, NULL, &error))
			return cli_trouble(
				"%s: offset 0x%jx: %s: the slot %s holds certificates in DER and nothing else", path,
				(uintmax_t)at, error.message, a->slot);
	return STATUS_OK;
}

static int inject(void *values, int count, char **paths)
{
	__attribute__((cleanup(cleanup_injecting))) struct injecting a = {.wish = {ELFSECT_INJECTION_INIT}};
	elfsect_autoplan struct elfsect_plan *plan = NULL;
	elfsect_autoview struct elfsect_view *view = NULL;
	const struct inject_values *v = values;
	autofree uint8_t *data = NULL;
	struct elfsect_error error;
	int status;

	(void)count;
	if (parse_values(&a, v) || !output_option_check(&v->output))
		return STATUS_TROUBLE;
	if (edit_open(paths[0], &v->output, &view, &error))
		return cli_error(&error);
	status = cli_read_file(v->data, CLI_DATA_FILE_MAX, &data, &a.wish.size);
	if (status)
		return status;
	a.wish.data = data;
	if (make_plan(&a, view, &plan, &error))
		return cli_error(&error);
	status = check_data(&a, strcmp(v->data, "-") ? v->data : "stdin");
	if (status)
		return status;
	return edit_write_data(view, plan, paths[0], &v->output);
}

const struct command command_inject = {
	.name = "inject",
	.synopsis = "TARGET --data DATA [options] FILE",
	.summary = "put data into a section, created at need, or into a slot",
	.notes = "Size words follow the data in the order in which they are given, each at a multiple of 8. (A "
		 "kernel's keyring has system_certificate_list_size before module_cert_size, at multiples of 256 if "
		 "that is the section's alignment.) An undefined reference "
		 "to NAME becomes defined, a symbol of this section is moved, any other name becomes a new global "
		 "symbol.\n"
		 "\n"
		 "Other data means other places: each symbol inside a section that is refilled must be named by "
		 "--define, unless the length stays the same. Sections with code, relocations or special flags are "
		 "refused.\n"
		 "\n"
		 "In a linked file nothing moves: the target must be there with room for the data, and the rest of it "
		 "is zeroed. Only a section that is not loaded can be new (--flags 0); it goes behind everything else. "
		 "--align, --flags and --define are for relocatable files and such sections.",
	.options = inject_rows,
	.values_size = sizeof(struct inject_values),
	.least = 1,
	.most = 1,
	.operands = "exactly one file is needed",
	.use = OPERAND_EDITED,
	.run = inject,
};
