// SPDX-License-Identifier: LGPL-2.1-or-later
/* From names and addresses to regions. */
#include "draft.h"
#include "slot.h"

/* Whether the symbol at this index has the name. Reads no more than it must: tables have a hundred thousand entries. */
static bool has_name(const struct elfsect_view *view, const struct elfsect_section *strtab, uint32_t index,
		     const char *name, size_t room)
{
	const uint8_t *entry = view->bytes + view->sections[view->symtab].offset + index * symbol_entsize(view);
	const uint32_t offset = view_u32(view, entry);
	const uint8_t type = ELF64_ST_TYPE(entry[view_is_64(view) ? 4 : 12]);
	const uint8_t *strings = view->bytes + strtab->offset;

	return range_inside(offset, room, strtab->size) && strings[offset] == (uint8_t)*name &&
	       !memcmp(strings + offset, name, room) && type != STT_SECTION && type != STT_FILE;
}

int symbol_find_defined(const struct elfsect_view *view, const char *name, struct elfsect_symbol *symbol,
			struct elfsect_error *error)
{
	const uint32_t count = elfsect_symbol_count(view);
	const size_t room = strlen(name) + 1;
	const struct elfsect_section *strtab;
	bool found = false;

	if (!count)
		return elfsect_fail(error, ENOENT, "%s: symbol %s: the file has no symbol table", view->name, name);
	strtab = &view->sections[view->sections[view->symtab].link];
	for (uint32_t i = 1; elfsect_section_has_extent(strtab) && i < count; i++) {
		struct elfsect_symbol s;

		if (!has_name(view, strtab, i, name, room))
			continue;
		s = elfsect_symbol_get(view, i);
		if (!elfsect_symbol_is_defined(&s) || s.section >= view->header.shnum)
			continue;
		if (found)
			return elfsect_fail(error, EEXIST, "%s: symbol %s: defined more than once", view->name, name);
		found = true;
		*symbol = s;
	}
	return found ? 0 : elfsect_fail(error, ENOENT, "%s: symbol %s: not defined in any section", view->name, name);
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

int symbol_lookup(const struct elfsect_view *view, const struct elfsect_system_map *map, const char *name,
		  struct elfsect_symbol *symbol, struct elfsect_error *error)
{
	uint64_t address;
	int ret;

	if (!map)
		return symbol_find_defined(view, name, symbol, error);
	ret = system_map_find(map, name, &address, error);
	if (!ret && view->symtab) {
		ret = symbol_find_defined(view, name, symbol, error);
		if (!ret && symbol->value != address)
			return elfsect_fail(
				error, EINVAL,
				"%s: symbol %s: at 0x%jx there, but at 0x%jx in %s: the map is not of this file",
				system_map_name(map), name, (uintmax_t)address, (uintmax_t)symbol->value, view->name);
	} else if (!ret) {
		*symbol = (struct elfsect_symbol){.name = name, .value = address};
		symbol->section = section_of_address(view, address);
		if (!symbol->section)
			return elfsect_fail(error, EINVAL, "%s: symbol %s: its address 0x%jx lies in no section of %s",
					    system_map_name(map), name, (uintmax_t)address, view->name);
	}
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
		return elfsect_fail(error, EINVAL, "%s: %s: section %u (%s) has no bytes in the file", view->name, what,
				    section, s->name);
	if (!range_inside(start, size, s->size))
		return elfsect_fail(
			error, EINVAL,
			"%s: %s: not inside section %u (%s): it has %ju bytes, %ju are needed from offset 0x%jx on",
			view->name, what, section, s->name, (uintmax_t)s->size, (uintmax_t)size, (uintmax_t)start);
	*region = (struct elfsect_region){ section, start, size };
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
		return elfsect_fail(error, EINVAL, "%s: symbol %s: has no size; name a range of symbols instead",
				    view->name, name);
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
	char *end;
	uint64_t n;

	if (!plus || plus == name || plus[1] < '0' || plus[1] > '9')
		return 0;
	errno = 0;
	n = strtoull(plus + 1, &end, plus[1] == '0' && (plus[2] | 0x20) == 'x' ? 16 : 10);
	if (*end || errno)
		return 0;
	*plus = '\0';
	return n;
}

int region_of_symbols(const struct elfsect_view *view, const struct elfsect_system_map *map, const char *range,
		      struct elfsect_region *region, struct elfsect_error *error)
{
	autofree char *first = strdup(range);
	struct elfsect_symbol from, to;
	uint64_t displacement, start, end;
	char *last;
	int ret;

	if (!first)
		return elfsect_fail_errno(error, ENOMEM, "%s", view->name);
	last = strstr(first, "..");
	if (!last || last == first || !last[2])
		return elfsect_fail(error, EINVAL, "%s: %s: not of the form FIRST..LAST or FIRST..LAST+N", view->name,
				    range);
	*last = '\0';
	last += 2;
	displacement = cut_displacement(last);
	ret = symbol_lookup(view, map, first, &from, error);
	if (!ret)
		ret = symbol_lookup(view, map, last, &to, error);
	if (ret)
		return ret;
	/* In a map the end of one section may be the start of the next. */
	if (from.section != to.section && !view->symtab &&
	    to.value == view->sections[from.section].addr + view->sections[from.section].size)
		to.section = from.section;
	if (from.section != to.section)
		return elfsect_fail(error, EINVAL, "%s: %s: the symbols are in different sections, %s and %s",
				    view->name, range, view->sections[from.section].name,
				    view->sections[to.section].name);
	start = position(view, &from);
	if (!add_u64(position(view, &to), displacement, &end) || end < start)
		return elfsect_fail(error, EINVAL, "%s: %s: the end lies before the start", view->name, range);
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
		return elfsect_fail(error, EINVAL, "%s: a relocatable file has no addresses", view->name);
	if (end < start)
		return elfsect_fail(error, EINVAL, "%s: addresses 0x%jx..0x%jx: the end lies before the start",
				    view->name, (uintmax_t)start, (uintmax_t)end);
	for (uint32_t i = 1; i < view->header.shnum; i++) {
		const struct elfsect_section *s = &view->sections[i];

		if (!(s->flags & SHF_ALLOC) || !elfsect_section_has_extent(s) || start < s->addr ||
		    !range_inside(start - s->addr, end - start, s->size))
			continue;
		*region = (struct elfsect_region){ i, start - s->addr, end - start };
		return 0;
	}
	return elfsect_fail(error, ENOENT, "%s: addresses 0x%jx..0x%jx: no section holds them all", view->name,
			    (uintmax_t)start, (uintmax_t)end);
}

const uint8_t *elfsect_region_bytes(const struct elfsect_view *view, const struct elfsect_region *region)
{
	return region->size ? view->bytes + view->sections[region->section].offset + region->offset : NULL;
}
