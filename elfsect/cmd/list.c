// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <elf.h>
#include <json.h>
#include <string.h>

#include "commands.h"
#include "elfsect_cleanup.h"
#include "base/hash.h"
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
	for (uint32_t i = 1; i < count && !failed; i++) {
		const struct elfsect_section *s = &sections[i];
		char name[1024], type[16], flags[40], hex[2 * HASH_BYTES + 1] = "-";

		text_escape(TEXT_FOR_MACHINES, s->name, strlen(s->name), name, sizeof(name));
		printf("%5u  %-34s %-14s %-5s %16jx %10jx %10jx %6ju", i, name, type_name(s->type, type, sizeof(type)),
		       flag_letters(s->flags, flags, sizeof(flags)), (uintmax_t)s->addr, (uintmax_t)s->offset,
		       (uintmax_t)s->size, (uintmax_t)s->align);
		if (hash) {
			hash_section(view, s, hex, &failed);
			printf("  %s", hex);
		}
		putchar('\n');
	}
	return !failed;
}

/* -------------------------------------------------------------------------------------------------------- JSON */

static json_object *json_section(const struct elfsect_view *view, const struct elfsect_section *s, bool hash,
				 bool *failed)
{
	json_object *o = json_object_new_object();
	char name[4096], buffer[64], hex[2 * HASH_BYTES + 1];

	text_escape(TEXT_FOR_MACHINES, s->name, strlen(s->name), name, sizeof(name));
	json_object_object_add(o, "index", json_object_new_int64(s->index));
	json_object_object_add(o, "name", json_object_new_string(name));
	json_object_object_add(o, "type", json_object_new_string(type_name(s->type, buffer, sizeof(buffer))));
	json_object_object_add(o, "flags", json_object_new_uint64(s->flags));
	json_object_object_add(o, "flag_letters",
			       json_object_new_string(flag_letters(s->flags, buffer, sizeof(buffer))));
	json_object_object_add(o, "address", json_object_new_uint64(s->addr));
	json_object_object_add(o, "offset", json_object_new_uint64(s->offset));
	json_object_object_add(o, "size", json_object_new_uint64(s->size));
	json_object_object_add(o, "align", json_object_new_uint64(s->align));
	json_object_object_add(o, "entsize", json_object_new_uint64(s->entsize));
	json_object_object_add(o, "link", json_object_new_int64(s->link));
	json_object_object_add(o, "info", json_object_new_int64(s->info));
	if (hash)
		json_object_object_add(o, "sha256",
				       hash_section(view, s, hex, failed) ? json_object_new_string(hex) : NULL);
	return o;
}

static bool print_json(const struct elfsect_view *view, bool hash)
{
	const struct elfsect_header *h = elfsect_view_header(view);
	json_object *root = json_object_new_object(), *list = json_object_new_array();
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(view, &count);
	char path[4096];
	bool failed = false;

	text_escape(TEXT_FOR_MACHINES, elfsect_view_name(view), strlen(elfsect_view_name(view)), path, sizeof(path));
	json_object_object_add(root, "schema", json_object_new_int(LIST_SCHEMA));
	json_object_object_add(root, "file", json_object_new_string(path));
	json_object_object_add(root, "class", json_object_new_int(h->elf_class == ELFCLASS64 ? 64 : 32));
	json_object_object_add(root, "byte_order", json_object_new_string(h->data == ELFDATA2MSB ? "big" : "little"));
	json_object_object_add(root, "type",
			       json_object_new_string(h->type == ET_REL	   ? "REL"
						      : h->type == ET_EXEC ? "EXEC"
									   : "DYN"));
	json_object_object_add(root, "machine", json_object_new_int(h->machine));
	for (uint32_t i = 1; i < count && !failed; i++)
		json_object_array_add(list, json_section(view, &sections[i], hash, &failed));
	json_object_object_add(root, "sections", list);
	if (!failed)
		puts(json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
								  JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(root);
	return !failed;
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
		return cli_trouble("%s: SHA-256 failed", paths[0]);
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
