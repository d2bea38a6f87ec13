// SPDX-License-Identifier: LGPL-2.1-or-later
/* From names and addresses to regions. */
#include "draft.h"

static bool has_name(const struct elfsect_symbol *symbol, const char *name)
{
	const uint8_t type = ELF64_ST_TYPE(symbol->info);

	return type != STT_SECTION && type != STT_FILE && !strcmp(symbol->name, name);
}

int symbol_find_defined(const struct elfsect_view *view, const char *name, struct elfsect_symbol *symbol,
			struct elfsect_error *error)
{
	const uint32_t count = elfsect_symbol_count(view);
	bool found = false;

	if (!count)
		return elfsect_fail(error, ENOENT, "%s: symbol %s: the file has no symbol table", view->name, name);
	for (uint32_t i = 1; i < count; i++) {
		const struct elfsect_symbol s = elfsect_symbol_get(view, i);

		if (!elfsect_symbol_is_defined(&s) || s.section >= view->header.shnum || !has_name(&s, name))
			continue;
		if (found)
			return elfsect_fail(error, EEXIST, "%s: symbol %s: defined more than once", view->name, name);
		found = true;
		*symbol = s;
	}
	return found ? 0 : elfsect_fail(error, ENOENT, "%s: symbol %s: not defined in any section", view->name, name);
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
			error, EINVAL, "%s: %s: 0x%jx bytes at 0x%jx are not inside section %u (%s) of 0x%jx bytes",
			view->name, what, (uintmax_t)size, (uintmax_t)start, section, s->name, (uintmax_t)s->size);
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

int elfsect_region_of_symbol(const struct elfsect_view *view, const char *name, struct elfsect_region *region,
			     struct elfsect_error *error)
{
	struct elfsect_symbol symbol;
	int ret;

	ret = symbol_find_defined(view, name, &symbol, error);
	if (ret)
		return ret;
	if (!symbol.size)
		return elfsect_fail(error, EINVAL, "%s: symbol %s: has no size; name a range of symbols instead",
				    view->name, name);
	return set_region(view, name, symbol.section, position(view, &symbol), symbol.size, region, error);
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

int elfsect_region_of_symbols(const struct elfsect_view *view, const char *range, struct elfsect_region *region,
			      struct elfsect_error *error)
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
	ret = symbol_find_defined(view, first, &from, error);
	if (!ret)
		ret = symbol_find_defined(view, last, &to, error);
	if (ret)
		return ret;
	if (from.section != to.section)
		return elfsect_fail(error, EINVAL, "%s: %s: the symbols are in different sections, %s and %s",
				    view->name, range, view->sections[from.section].name,
				    view->sections[to.section].name);
	start = position(view, &from);
	if (!add_u64(position(view, &to), displacement, &end) || end < start)
		return elfsect_fail(error, EINVAL, "%s: %s: the end lies before the start", view->name, range);
	return set_region(view, range, from.section, start, end - start, region, error);
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
