// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * System.map: the symbols of a linked kernel as nm prints them, one a line: "ffffffff81973990 D
 * system_certificate_list". It has addresses only, no sizes and no sections.
 */
#include "view/system_map.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/files.h"
#include "base/text.h"
#include "elfsect_cleanup.h"
#include "view/view.h"

enum { MAP_MAX = 1 << 30 }; /* bytes; kernels' maps have ten million */

struct elfsect_system_map {
	char *name; /* owned; for messages */
	char *text; /* owned; lines end with a zero byte */
	struct map_symbol {
		const char *name; /* in text */
		uint64_t address;
		char type; /* nm's letter */
	} * symbols;	   /* owned */
	size_t count;
};

void elfsect_system_map_close(struct elfsect_system_map *map)
{
	if (!map)
		return;
	free(map->name);
	free(map->text);
	free(map->symbols);
	free(map);
}

/* Cuts the line into its words. */
static bool parse_line(char *line, struct map_symbol *symbol)
{
	char *type = strchr(line, ' ');

	if (!type)
		return false;
	*type++ = '\0';
	if (!text_hex_number(line, &symbol->address) || !isgraph((unsigned char)type[0]) || type[1] != ' ' || !type[2])
		return false;
	symbol->type = type[0];
	symbol->name = type + 2;
	type[2 + strcspn(type + 2, "\t ")] = '\0';
	return true;
}

static int parse_lines(struct elfsect_system_map *map, struct elfsect_error *error)
{
	size_t lines = 1;

	for (const char *p = map->text; (p = strchr(p, '\n')); p++)
		lines++;
	map->symbols = calloc(lines, sizeof(*map->symbols));
	if (!map->symbols)
		return failure_errno(error, ENOMEM, "%s", map->name);
	for (char *line = map->text, *next; *line; line = next) {
		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		if (!parse_line(line, &map->symbols[map->count]))
			return failure(error, EINVAL, "%s: line %zu: not an address, a letter and a name", map->name,
				       map->count + 1);
		map->count++;
	}
	return 0;
}

int elfsect_system_map_open(const char *path, struct elfsect_system_map **out, struct elfsect_error *error)
{
	elfsect_automap struct elfsect_system_map *map = calloc(1, sizeof(*map));
	int ret;

	if (map)
		map->name = strdup(path);
	if (!map || !map->name)
		return failure_errno(error, ENOMEM, "%s", path);
	ret = file_read_text(path, MAP_MAX, &map->text, error);
	if (!ret && !*map->text)
		ret = failure(error, EINVAL, "%s: not a System.map: it is empty", path);
	if (!ret)
		ret = parse_lines(map, error);
	if (ret)
		return ret;
	*out = steal(map);
	return 0;
}

int system_map_find(const struct elfsect_system_map *map, const char *name, uint64_t *address,
		    struct elfsect_error *error)
{
	const struct map_symbol *found = NULL;

	for (size_t i = 0; i < map->count; i++) {
		if (strcmp(map->symbols[i].name, name) != 0)
			continue;
		if (found)
			return failure(error, EEXIST, "%s: symbol %s: defined more than once", map->name, name);
		found = &map->symbols[i];
	}
	if (!found)
		return failure(error, ENOENT, "%s: symbol %s: not in this file", map->name, name);
	*address = found->address;
	return 0;
}

const char *system_map_name(const struct elfsect_system_map *map)
{
	return map->name;
}

/* ---------------------------------------------------------------------------------------- does it fit the file */

static int mismatch(const struct elfsect_system_map *map, const struct elfsect_view *view, const char *symbol,
		    const char *what, struct elfsect_error *error)
{
	return failure(error, EINVAL, "%s: symbol %s: %s of %s: the map is not of this file", map->name, symbol, what,
		       view->name);
}

enum where { IN_CODE, IN_DATA, BETWEEN, OUTSIDE };

/*
 * What an address says by itself. A linker script makes names between two sections and at their edges, to which nm
 * gives the letter of the section before (__end_rodata, swapper_pg_dir, __init_begin): such an address says nothing.
 */
static enum where where_is(const struct elfsect_view *view, uint64_t address)
{
	enum where where = OUTSIDE;
	bool before = false, behind = false;

	for (uint32_t i = 1; i < view->header.shnum; i++) {
		const struct elfsect_section *s = &view->sections[i];
		const uint64_t at = address - s->addr;

		if (!(s->flags & SHF_ALLOC) || (s->flags & SHF_TLS))
			continue;
		before = before || address >= s->addr;
		behind = behind || address < s->addr || at <= s->size;
		if (address < s->addr || at > s->size)
			continue;
		if (s->flags & SHF_EXECINSTR)
			return IN_CODE;
		where = at && at < s->size ? IN_DATA : where == IN_DATA ? where : BETWEEN;
	}
	return where == OUTSIDE && before && behind ? BETWEEN : where;
}

/* The kernel's linker script and the linker bound sections with such names. */
static int check_bound(const struct elfsect_system_map *map, const struct elfsect_view *view,
		       const struct map_symbol *symbol, struct elfsect_error *error)
{
	static const char start[] = "__start_", stop[] = "__stop_";
	const bool is_start = !strncmp(symbol->name, start, sizeof(start) - 1);
	const char *base = symbol->name + (is_start ? sizeof(start) : sizeof(stop)) - 1;

	if (!is_start && strncmp(symbol->name, stop, sizeof(stop) - 1) != 0)
		return 0;
	for (uint32_t i = 1; i < view->header.shnum; i++) {
		const struct elfsect_section *s = &view->sections[i];
		const uint64_t bound = is_start ? s->addr : s->addr + s->size;

		if ((s->flags & SHF_ALLOC) && !strcmp(s->name, base) && symbol->address != bound)
			return mismatch(map, view, symbol->name, "does not bound that section", error);
	}
	return 0;
}

int system_map_check(const struct elfsect_system_map *map, const struct elfsect_view *view, struct elfsect_error *error)
{
	const struct map_symbol *astray = NULL;
	size_t in_code = 0, between = 0;

	for (size_t i = 0; i < map->count; i++) {
		const struct map_symbol *s = &map->symbols[i];
		const int ret = check_bound(map, view, s, error);

		if (ret)
			return ret;
		if (tolower((unsigned char)s->type) != 't')
			continue;
		switch (where_is(view, s->address)) {
		case IN_CODE:
			in_code++;
			break;
		case BETWEEN:
			between++;
			astray = s;
			break;
		default:
			return mismatch(map, view, s->name, "code, but not in a section with code", error);
		}
	}
	/* Names of a linker script are few. */
	return between > in_code ? mismatch(map, view, astray->name, "code, but not in a section with code", error) : 0;
}
