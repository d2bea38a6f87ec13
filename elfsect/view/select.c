// SPDX-License-Identifier: LGPL-2.1-or-later
/* From names and addresses to regions. */
#include "view/select.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "view/system_map.h"
#include "view/view.h"

/* Whether the symbol with this entry, whose name stands there in the string table, is the one. */
static bool is_wanted(const struct elfsect_view *view, const uint8_t *entry, const char *name, uint64_t room,
		      const char *wanted)
{
	const uint8_t type = ELF64_ST_TYPE(entry[view_is_64(view) ? 4 : 12]);
	const size_t size = strlen(wanted) + 1;

	return size <= room && !memcmp(name, wanted, size) && type != STT_SECTION && type != STT_FILE;
}

/* Find them all in one pass over the table. Section and file symbols have no names here. */
void symbols_find(const struct elfsect_view *view, struct wanted *wanted, size_t count)
{
	const uint32_t symbols = elfsect_symbol_count(view);
	const uint64_t entsize = symbol_entsize(view);
	const struct elfsect_section *strtab;
	const uint8_t *entry, *strings;
	bool initials[256] = {false};

	for (size_t k = 0; k < count; k++)
		initials[(uint8_t)*wanted[k].name] = true;
	strtab = symbols ? &view->sections[view->sections[view->symtab].link] : NULL;
	if (!strtab || !elfsect_section_has_extent(strtab))
		return;
	entry = view->bytes + view->sections[view->symtab].offset + entsize;
	strings = view->bytes + strtab->offset;
	/* Tables have a hundred thousand entries: of most of them the first letter is read, and no more. */
	for (uint32_t i = 1; i < symbols; i++, entry += entsize) {
		const uint32_t offset = view_u32(view, entry);

		if (offset >= strtab->size || !initials[strings[offset]])
			continue;
		for (size_t k = 0; k < count; k++) {
			struct elfsect_symbol s;

			if (!is_wanted(view, entry, (const char *)strings + offset, strtab->size - offset,
				       wanted[k].name))
				continue;
			s = elfsect_symbol_get(view, i);
			if (!elfsect_symbol_is_defined(&s) || s.section >= view->header.shnum)
				continue;
			wanted[k].symbol = s;
			wanted[k].count++;
		}
	}
}

/* What symbols_find() found. */
static int expect_one(const struct elfsect_view *view, const struct wanted *wanted, struct elfsect_error *error)
{
	if (!elfsect_symbol_count(view))
		return failure(error, ENOENT, "%s: symbol %s: the file has no symbol table", view->name, wanted->name);
	if (wanted->count > 1)
		return failure(error, EEXIST, "%s: symbol %s: defined more than once", view->name, wanted->name);
	if (!wanted->count)
		return failure(error, ENOENT, "%s: symbol %s: not defined in any section", view->name, wanted->name);
	return 0;
}

/* The section of an address: one that holds it, else one that ends there. */
static uint32_t section_of_address(const struct elfsect_view *view, uint64_t address)
{
	uint32_t ends = 0;

	for (uint32_t i = 1; i < view->header.shnum; i++) {
		const struct elfsect_section *s = &view->sections[i];

		if (!(s->flags & SHF_ALLOC) || (s->flags & SHF_TLS) || address < s->addr || address - s->addr > s->size)
			continue;
		if (address - s->addr < s->size)
			return i;
		ends = i;
	}
	return ends;
}

/* The symbol by its address in a map. If the file has it too, the two agree. */
static int lookup_in_map(const struct elfsect_view *view, const struct elfsect_system_map *map, struct wanted *wanted,
			 struct elfsect_error *error)
{
	struct elfsect_symbol *symbol = &wanted->symbol;
	uint64_t address;
	int ret;

	ret = system_map_find(map, wanted->name, &address, error);
	if (!ret && view->symtab) {
		ret = expect_one(view, wanted, error);
		if (!ret && symbol->value != address)
			return failure(error, EINVAL,
				       "%s: symbol %s: at 0x%jx there, but at 0x%jx in %s: the map is not of this file",
				       system_map_name(map), wanted->name, (uintmax_t)address, (uintmax_t)symbol->value,
				       view->name);
	} else if (!ret) {
		*symbol = (struct elfsect_symbol){.name = wanted->name, .value = address};
		symbol->section = section_of_address(view, address);
		if (!symbol->section)
			return failure(error, EINVAL, "%s: symbol %s: its address 0x%jx lies in no section of %s",
				       system_map_name(map), wanted->name, (uintmax_t)address, view->name);
	}
	return ret;
}

int symbols_lookup(const struct elfsect_view *view, const struct elfsect_system_map *map, struct wanted *wanted,
		   size_t count, struct elfsect_error *error)
{
	int ret = 0;

	symbols_find(view, wanted, count);
	for (size_t i = 0; i < count && !ret; i++)
		ret = map ? lookup_in_map(view, map, &wanted[i], error) : expect_one(view, &wanted[i], error);
	return ret;
}

int symbol_lookup(const struct elfsect_view *view, const struct elfsect_system_map *map, const char *name,
		  struct elfsect_symbol *symbol, struct elfsect_error *error)
{
	struct wanted wanted = {.name = name};
	const int ret = symbols_lookup(view, map, &wanted, 1, error);

	if (!ret)
		*symbol = wanted.symbol;
	return ret;
}

int symbol_exists(const struct elfsect_view *view, const struct elfsect_system_map *map, const char *name,
		  struct elfsect_symbol *symbol, struct elfsect_error *error)
{
	int ret;

	if (!map && !view->symtab)
		return 0;
	ret = symbol_lookup(view, map, name, symbol, error);
	return ret == -ENOENT ? 0 : ret ? ret : 1;
}

/* Where a symbol stands in its section: in linked files values are addresses. */
static uint64_t position(const struct elfsect_view *view, const struct elfsect_symbol *symbol)
{
	return elfsect_is_relocatable(view) ? symbol->value : symbol->value - view->sections[symbol->section].addr;
}

static int set_region(const struct elfsect_view *view, const char *what, uint32_t section, uint64_t start,
		      uint64_t size, struct elfsect_region *region, struct elfsect_error *error)
{
	const struct elfsect_section *s = &view->sections[section];

	if (s->type == SHT_NOBITS || s->type == SHT_NULL)
		return failure(error, EINVAL, "%s: %s: section %u (%s) has no bytes in the file", view->name, what,
			       section, s->name);
	if (!range_inside(start, size, s->size))
		return failure(
			error, EINVAL,
			"%s: %s: not inside section %u (%s): it has %ju bytes, %ju are needed from offset 0x%jx on",
			view->name, what, section, s->name, (uintmax_t)s->size, (uintmax_t)size, (uintmax_t)start);
	*region = (struct elfsect_region){section, start, size};
	return 0;
}

int elfsect_region_of_section(const struct elfsect_view *view, const char *name, struct elfsect_region *region,
			      struct elfsect_error *error)
{
	const struct elfsect_section *section;
	int ret;

	ret = elfsect_section_find(view, name, &section, error);
	return ret ? ret : set_region(view, name, section->index, 0, section->size, region, error);
}

int region_at_symbol(const struct elfsect_view *view, const struct elfsect_symbol *symbol, uint64_t size,
		     struct elfsect_region *region, struct elfsect_error *error)
{
	return set_region(view, symbol->name, symbol->section, position(view, symbol), size, region, error);
}

int region_of_symbol(const struct elfsect_view *view, const struct elfsect_system_map *map, const char *name,
		     struct elfsect_region *region, struct elfsect_error *error)
{
	struct elfsect_symbol symbol;
	int ret;

	ret = symbol_lookup(view, map, name, &symbol, error);
	if (ret)
		return ret;
	if (!symbol.size)
		return failure(error, EINVAL, "%s: symbol %s: has no size; name a range of symbols instead", view->name,
			       name);
	return region_at_symbol(view, &symbol, symbol.size, region, error);
}

int elfsect_region_of_symbol(const struct elfsect_view *view, const char *name, struct elfsect_region *region,
			     struct elfsect_error *error)
{
	return region_of_symbol(view, NULL, name, region, error);
}

/* Cut "+N" off the end of a name; 0 if there is none. */
static uint64_t cut_displacement(char *name)
{
	char *plus = strrchr(name, '+');
	uint64_t n;

	if (!plus || plus == name || !text_number(plus + 1, &n))
		return 0;
	*plus = '\0';
	return n;
}

int region_of_symbols(const struct elfsect_view *view, const struct elfsect_system_map *map, const char *range,
		      struct elfsect_region *region, struct elfsect_error *error)
{
	autofree char *first = strdup(range);
	struct wanted wanted[2] = {0};
	struct elfsect_symbol from, to;
	uint64_t displacement, start, end;
	char *last;
	int ret;

	if (!first)
		return failure_errno(error, ENOMEM, "%s", view->name);
	last = strstr(first, "..");
	if (!last || last == first || !last[2])
		return failure(error, EINVAL, "%s: %s: not of the form FIRST..LAST or FIRST..LAST+N", view->name,
			       range);
	*last = '\0';
	last += 2;
	displacement = cut_displacement(last);
	wanted[0].name = first;
	wanted[1].name = last;
	ret = symbols_lookup(view, map, wanted, 2, error);
	if (ret)
		return ret;
	from = wanted[0].symbol;
	to = wanted[1].symbol;
	/* In a map the end of one section may be the start of the next. */
	if (from.section != to.section && !view->symtab &&
	    to.value == view->sections[from.section].addr + view->sections[from.section].size)
		to.section = from.section;
	if (from.section != to.section)
		return failure(error, EINVAL, "%s: %s: the symbols are in different sections, %s and %s", view->name,
			       range, view->sections[from.section].name, view->sections[to.section].name);
	start = position(view, &from);
	if (!add_u64(position(view, &to), displacement, &end) || end < start)
		return failure(error, EINVAL, "%s: %s: the end lies before the start", view->name, range);
	return set_region(view, range, from.section, start, end - start, region, error);
}

int elfsect_region_of_symbols(const struct elfsect_view *view, const char *range, struct elfsect_region *region,
			      struct elfsect_error *error)
{
	return region_of_symbols(view, NULL, range, region, error);
}

int elfsect_region_of_addresses(const struct elfsect_view *view, uint64_t start, uint64_t end,
				struct elfsect_region *region, struct elfsect_error *error)
{
	if (elfsect_is_relocatable(view))
		return failure(error, EINVAL, "%s: a relocatable file has no addresses", view->name);
	if (end < start)
		return failure(error, EINVAL, "%s: addresses 0x%jx..0x%jx: the end lies before the start", view->name,
			       (uintmax_t)start, (uintmax_t)end);
	for (uint32_t i = 1; i < view->header.shnum; i++) {
		const struct elfsect_section *s = &view->sections[i];

		if (!(s->flags & SHF_ALLOC) || !elfsect_section_has_extent(s) || start < s->addr ||
		    !range_inside(start - s->addr, end - start, s->size))
			continue;
		*region = (struct elfsect_region){i, start - s->addr, end - start};
		return 0;
	}
	return failure(error, ENOENT, "%s: addresses 0x%jx..0x%jx: no section holds them all", view->name,
		       (uintmax_t)start, (uintmax_t)end);
}

const uint8_t *elfsect_region_bytes(const struct elfsect_view *view, const struct elfsect_region *region)
{
	return region->size ? view->bytes + view->sections[region->section].offset + region->offset : NULL;
}
