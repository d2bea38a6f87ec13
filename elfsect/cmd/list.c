// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <elf.h>
#include <string.h>

#include "commands.h"
#include "elfsect_cleanup.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"

/* Version of the JSON form. New members do not change it. */
enum { LIST_SCHEMA = 1 };

enum { HASH_BYTES = 32 };

static const char *type_name(uint32_t type, char *buffer, size_t room)
{
	static const char *const names[] = {
		[SHT_NULL] = "NULL",
		[SHT_PROGBITS] = "PROGBITS",
		[SHT_SYMTAB] = "SYMTAB",
		[SHT_STRTAB] = "STRTAB",
		[SHT_RELA] = "RELA",
		[SHT_HASH] = "HASH",
		[SHT_DYNAMIC] = "DYNAMIC",
		[SHT_NOTE] = "NOTE",
		[SHT_NOBITS] = "NOBITS",
		[SHT_REL] = "REL",
		[SHT_SHLIB] = "SHLIB",
		[SHT_DYNSYM] = "DYNSYM",
		[SHT_INIT_ARRAY] = "INIT_ARRAY",
		[SHT_FINI_ARRAY] = "FINI_ARRAY",
		[SHT_PREINIT_ARRAY] = "PREINIT_ARRAY",
		[SHT_GROUP] = "GROUP",
		[SHT_SYMTAB_SHNDX] = "SYMTAB_SHNDX",
		[SHT_RELR] = "RELR",
	};

	if (type < sizeof(names) / sizeof(names[0]) && names[type])
		return names[type];
	snprintf(buffer, room, "0x%x", type);
	return buffer;
}

/* The letters of readelf; flags without one are counted in hexadecimal at the end. */
static const char *flag_letters(uint64_t flags, char *buffer, size_t room)
{
	static const char letters[] = "WAX-MSILOGTC";
	size_t used = 0;
	uint64_t rest = flags & ~(uint64_t)SHF_EXCLUDE & ~0xff7ull;

	for (unsigned int i = 0; letters[i]; i++)
		if (flags & (1u << i) && letters[i] != '-')
			buffer[used++] = letters[i];
	if (flags & SHF_EXCLUDE)
		buffer[used++] = 'E';
	if (rest)
		used += (size_t)snprintf(buffer + used, room - used, "%s0x%jx", used ? "+" : "", (uintmax_t)rest);
	if (!used)
		buffer[used++] = '-';
	buffer[used] = '\0';
	return buffer;
}

/* SHA-256 of a section's bytes in hexadecimal; false if it has none in the file. */
static bool hash_section(const struct elfsect_view *view, const struct elfsect_section *s, char *hex, bool *failed)
{
	const uint8_t *bytes = elfsect_section_bytes(view, s);
	uint8_t hash[HASH_BYTES];

	if (s->type == SHT_NULL || s->type == SHT_NOBITS)
		return false;
	if (hash_once("sha256", bytes ? bytes : (const uint8_t *)"", bytes ? s->size : 0, hash)) {
		*failed = true;
		return false;
	}
	text_hex(hash, sizeof(hash), hex, 2 * HASH_BYTES + 1);
	return true;
}

/* -------------------------------------------------------------------------------------------------------- text */

static bool print_table(const struct elfsect_view *view, bool hash)
{
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(view, &count);
	bool failed = false;

	printf("%5s  %-34s %-14s %-5s %16s %10s %10s %6s%s\n", "index", "name", "type", "flags", "address", "offset",
	       "size", "align", hash ? "  sha256" : "");
	for (uint32_t i = 1; i < count; i++) {
		const struct elfsect_section *s = &sections[i];
		char name[1024], type[16], flags[40], hex[2 * HASH_BYTES + 1] = "-";

		if (hash)
			hash_section(view, s, hex, &failed);
		if (failed)
			break;
		text_escape(TEXT_FOR_MACHINES, s->name, strlen(s->name), name, sizeof(name));
		printf("%5u  %-34s %-14s %-5s %16jx %10jx %10jx %6ju", i, name, type_name(s->type, type, sizeof(type)),
		       flag_letters(s->flags, flags, sizeof(flags)), (uintmax_t)s->addr, (uintmax_t)s->offset,
		       (uintmax_t)s->size, (uintmax_t)s->align);
		printf("%s%s\n", hash ? "  " : "", hash ? hex : "");
	}
	return !failed;
}

/* -------------------------------------------------------------------------------------------------------- JSON */

static struct json_object *section_object(const struct elfsect_view *view, const struct elfsect_section *s, bool hash,
					  bool *failed)
{
	struct json_object *o = json_object_new_object();
	char buffer[64], hex[2 * HASH_BYTES + 1];

	json_set(&o, "index", json_number(s->index));
	json_set(&o, "name", json_name(s->name));
	json_set(&o, "type", json_string(type_name(s->type, buffer, sizeof(buffer))));
	json_set(&o, "flags", json_number(s->flags));
	json_set(&o, "flag_letters", json_string(flag_letters(s->flags, buffer, sizeof(buffer))));
	json_set(&o, "address", json_number(s->addr));
	json_set(&o, "offset", json_number(s->offset));
	json_set(&o, "size", json_number(s->size));
	json_set(&o, "align", json_number(s->align));
	json_set(&o, "entsize", json_number(s->entsize));
	json_set(&o, "link", json_number(s->link));
	json_set(&o, "info", json_number(s->info));
	if (hash && hash_section(view, s, hex, failed))
		json_set(&o, "sha256", json_string(hex));
	else if (hash)
		json_set_null(&o, "sha256");
	return o;
}

static bool print_json(const struct elfsect_view *view, bool hash)
{
	const struct elfsect_header *h = elfsect_view_header(view);
	struct json_object *root = json_object_new_object(), *list = json_object_new_array();
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(view, &count);
	bool failed = false;

	for (uint32_t i = 1; i < count && !failed; i++)
		json_append(&list, section_object(view, &sections[i], hash, &failed));
	json_set(&root, "schema", json_number(LIST_SCHEMA));
	json_set(&root, "file", json_name(elfsect_view_name(view)));
	json_set(&root, "class", json_number(h->elf_class == ELFCLASS64 ? 64 : 32));
	json_set(&root, "byte_order", json_string(h->data == ELFDATA2MSB ? "big" : "little"));
	json_set(&root, "type", json_string(h->type == ET_REL ? "REL" : h->type == ET_EXEC ? "EXEC" : "DYN"));
	json_set(&root, "machine", json_number(h->machine));
	json_set(&root, "sections", list);
	if (!failed)
		return !json_print(root, stdout);
	json_object_put(root);
	return false;
}

/* ----------------------------------------------------------------------------------------------------- command */

struct list_values {
	bool hash;
	bool json;
};

static const struct option_row list_rows[] = {
	FLAG_ROW(0, "hash", struct list_values, hash, "add the SHA-256 of each section's bytes"),
	FLAG_ROW(0, "json", struct list_values, json,
		 "as JSON. In names, bytes other than printable ASCII are written as \\xHH."),
	{0},
};

static int list(void *values, int count, char **paths)
{
	elfsect_autoview struct elfsect_view *view = NULL;
	const struct list_values *v = values;
	struct elfsect_error error;

	(void)count;
	if (elfsect_view_open(paths[0], &view, &error))
		return cli_error(&error);
	if (!(v->json ? print_json(view, v->hash) : print_table(view, v->hash)))
		return cli_trouble("%s: SHA-256 failed, or out of memory", paths[0]);
	if (elfsect_view_unchanged(view, &error))
		return cli_error(&error);
	return STATUS_OK;
}

const struct command command_list = {
	.name = "list",
	.synopsis = "[--hash] [--json] FILE",
	.summary = "list the sections of an ELF file",
	.options = list_rows,
	.values_size = sizeof(struct list_values),
	.least = 1,
	.most = 1,
	.operands = "exactly one file is needed",
	.run = list,
};
