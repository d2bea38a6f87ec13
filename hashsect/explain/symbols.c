// SPDX-License-Identifier: LGPL-2.1-or-later
#include "explain/symbols.h"

#include <ctype.h>
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "explain/debug_file.h"

/* A symbol that has a place. */
struct found {
	const char *name;
	uint32_t section;
	uint64_t offset, size;
	bool is_function;
};

/* ------------------------------------------------------------------------------------------------------------ atoms
 */

/* "$a", "$d", "$t.1": what follows is code or data, of ARM and those like it. */
static bool is_mapping(uint16_t machine, const char *name)
{
	return (machine == EM_ARM || machine == EM_AARCH64 || machine == EM_RISCV) && *name == '$' && name[1] &&
	       strchr("adtx", name[1]) && (!name[2] || name[2] == '.' || machine == EM_RISCV);
}

static bool has_place(const struct elfsect_view *view, const struct elfsect_symbol *s,
		      const struct elfsect_section *sections, uint32_t count, uint64_t *offset)
{
	const uint8_t type = ELF64_ST_TYPE(s->info);
	const struct elfsect_section *section;

	const uint16_t machine = elfsect_view_header(view)->machine;

	if (!elfsect_symbol_is_defined(s) || s->section >= count || !*s->name || is_mapping(machine, s->name) ||
	    type == STT_SECTION || type == STT_FILE || type == STT_TLS)
		return false;
	section = &sections[s->section];
	*offset = s->value - (elfsect_is_relocatable(view) ? 0 : section->addr);
	if (machine == EM_ARM && type == STT_FUNC)
		*offset &= ~UINT64_C(1); /* Thumb */
	return *offset < section->size && s->size <= section->size - *offset;
}

/* Where a linker's script says that a table begins or ends: its first entry may have a name of its own. */
static bool is_bound(const char *name)
{
	static const char *const ends[] = {"_start", "_end", "_begin"};
	const size_t length = strlen(name);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (length >= strlen(ends[i]) && !strcmp(name + length - strlen(ends[i]), ends[i]))
			return true;
	return text_begins(name, "__start_") || text_begins(name, "__stop_");
}

/* Of several names of one place the longest symbol wins; of labels the last: bounds come first. */
static int by_place(const void *a, const void *b)
{
	const struct found *p = a, *q = b;

	if (p->section != q->section)
		return p->section < q->section ? -1 : 1;
	if (p->offset != q->offset)
		return p->offset < q->offset ? -1 : 1;
	if (p->size != q->size)
		return p->size > q->size ? -1 : 1;
	if (!p->size && is_bound(p->name) != is_bound(q->name))
		return is_bound(p->name) ? -1 : 1;
	return strcmp(p->name, q->name);
}

/* @mates: the sections of the file itself, if the symbols are those of another one; NULL: they are its own. */
static size_t find_symbols(const struct elfsect_view *view, const uint32_t *mates, struct found *list)
{
	const uint32_t symbols = elfsect_symbol_count(view);
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(view, &count);
	size_t found = 0;

	for (uint32_t i = 1; i < symbols; i++) {
		const struct elfsect_symbol s = elfsect_symbol_get(view, i);
		uint64_t offset;

		if (has_place(view, &s, sections, count, &offset) && (!mates || mates[s.section]))
			list[found++] = (struct found){s.name, mates ? mates[s.section] : s.section, offset, s.size,
						       ELF64_ST_TYPE(s.info) == STT_FUNC};
	}
	qsort(list, found, sizeof(*list), by_place);
	return found;
}

struct section_atoms {
	struct symbols *symbols;
	const struct explain_side *side;
	const struct elfsect_section *section;
};

static void add_piece(const struct section_atoms *s, const struct atom *atom, uint64_t from, uint64_t to)
{
	struct atom *piece = &s->symbols->list[s->symbols->count];

	if (to <= from)
		return;
	*piece = *atom;
	piece->section = s->section;
	piece->offset = from;
	piece->size = to - from;
	s->symbols->count++;
}

/* What a rule leaves out is cut out of whatever it lies in. */
static void add_atom(const struct section_atoms *s, struct atom atom, uint64_t from, uint64_t to)
{
	for (size_t i = 0; i < s->side->range_count; i++) {
		const struct explain_range *r = &s->side->ranges[i];
		const uint64_t start = r->offset > from ? r->offset : from;
		const uint64_t end = r->offset + r->length < to ? r->offset + r->length : to;

		if (r->section != s->section->index || start >= end)
			continue;
		add_piece(s, &atom, from, start);
		add_piece(s, &(struct atom){.name = r->rule, .is_excluded = true}, start, end);
		from = end;
	}
	add_piece(s, &atom, from, to);
}

/* Labels without a size begin what runs up to the next symbol: such are the tables that the linker script bounds. */
static void add_section(const struct section_atoms *s, const struct found *list, size_t count)
{
	struct atom gap = {.name = "", .is_gap = true};
	uint64_t at = 0;

	for (size_t i = 0; i < count; i++) {
		const struct found *f = &list[i];

		if (f->offset < at)
			continue; /* inside of another, or another name of it */
		add_atom(s, gap, at, f->offset);
		at = f->offset;
		gap.name = f->name;
		gap.is_behind = f->size > 0;
		add_atom(s, (struct atom){.name = f->name, .is_function = f->is_function}, at, at + f->size);
		at += f->size;
	}
	add_atom(s, gap, at, s->section->size);
}

static int by_address(const void *a, const void *b)
{
	const struct elfsect_section *p = *(const struct elfsect_section *const *)a;
	const struct elfsect_section *q = *(const struct elfsect_section *const *)b;

	return p->addr < q->addr ? -1 : p->addr > q->addr;
}

int symbols_read(const struct explain_side *side, struct symbols *s)
{
	const struct elfsect_view *view = side->view;
	const bool is_stripped = side->debug && elfsect_symbol_count(view) <= 1;
	const struct elfsect_view *named = is_stripped ? side->debug : view;
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(view, &count);
	autofree struct found *found = calloc((size_t)elfsect_symbol_count(named) + 1, sizeof(*found));
	autofree uint32_t *mates = is_stripped ? debug_file_sections(side->debug, view) : NULL;
	size_t symbols, at = 0;

	*s = (struct symbols){.view = view,
			      .first = calloc((size_t)count + 2, sizeof(*s->first)),
			      .loaded = calloc((size_t)count + 1, sizeof(*s->loaded))};
	if (!found || !s->first || !s->loaded || (is_stripped && !mates))
		return -ENOMEM;
	symbols = find_symbols(named, mates, found);
	s->list = calloc(2 * (symbols + count + 2 * side->range_count + 1), sizeof(*s->list));
	if (!s->list)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++) {
		const size_t first = at;

		s->first[i] = s->count;
		while (at < symbols && found[at].section == i)
			at++;
		if (elfsect_section_has_extent(&sections[i]) || (sections[i].flags & SHF_ALLOC))
			add_section(&(struct section_atoms){s, side, &sections[i]}, found + first, at - first);
	}
	s->first[count] = s->count;
	for (uint32_t i = 1; i < count; i++)
		if ((sections[i].flags & SHF_ALLOC) && !(sections[i].flags & SHF_TLS) && sections[i].size)
			s->loaded[s->loaded_count++] = &sections[i];
	qsort(s->loaded, s->loaded_count, sizeof(*s->loaded), by_address);
	return 0;
}

void symbols_clear(struct symbols *s)
{
	free(s->list);
	free(s->first);
	free(s->loaded);
	*s = (struct symbols){0};
}

const struct atom *symbols_at(const struct symbols *s, uint32_t section, uint64_t offset)
{
	size_t low = s->first[section], high = s->first[section + 1];

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const struct atom *atom = &s->list[middle];

		if (offset < atom->offset)
			high = middle;
		else if (offset - atom->offset >= atom->size)
			low = middle + 1;
		else
			return atom;
	}
	return NULL;
}

/* -------------------------------------------------------------------------------------------------------- addresses
 */

/* The section at an address of a linked file; NULL: nothing is there. */
static const struct elfsect_section *section_at(const struct symbols *s, uint64_t address)
{
	size_t low = 0, high = s->loaded_count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const struct elfsect_section *section = s->loaded[middle];

		if (address < section->addr)
			high = middle;
		else if (address - section->addr >= section->size)
			low = middle + 1;
		else
			return section;
	}
	return NULL;
}

const struct atom *symbols_at_address(const struct symbols *s, uint64_t address, uint64_t *inside)
{
	const struct elfsect_section *section = section_at(s, address);
	const struct atom *atom = section ? symbols_at(s, section->index, address - section->addr) : NULL;

	if (atom)
		*inside = address - section->addr - atom->offset;
	return atom;
}

/* A kernel's is writable until it is sealed, by the section's flags. */
static bool is_constant(const struct elfsect_section *section)
{
	return !(section->flags & SHF_WRITE) || text_begins(section->name, ".rodata");
}

/*
 * Text that begins at these places, with its zero byte; where addresses are certain, and nothing is written, what ends
 * with a zero byte may be any, or none: messages begin with their level, and there are strings of flags.
 */
static bool same_string(const struct symbols *a, const struct atom *p, uint64_t x, const struct symbols *b,
			const struct atom *q, uint64_t y, bool is_certain)
{
	const bool is_any = is_certain && is_constant(p->section);
	const uint8_t *s = elfsect_section_bytes(a->view, p->section), *t = elfsect_section_bytes(b->view, q->section);
	const uint64_t left = p->size - x < q->size - y ? p->size - x : q->size - y;
	uint64_t length = 0;

	if (!s || !t)
		return false;
	s += p->offset + x;
	t += q->offset + y;
	while (length < left && s[length] == t[length] && s[length] &&
	       (is_any || isprint(s[length]) || isspace(s[length])))
		length++;
	return (is_any || length >= 2) && length < left && !s[length] && !t[length];
}

static bool is_same_place(const struct symbols *symbols_a, uint64_t a, const struct symbols *symbols_b, uint64_t b,
			  bool is_certain)
{
	uint64_t x, y;
	const struct atom *p = symbols_at_address(symbols_a, a, &x),
			  *q = p ? symbols_at_address(symbols_b, b, &y) : NULL;

	if (!p || !q)
		return false;
	if (p->mate == q && x == y)
		return true;
	/* Strings without a symbol: what stands there is what counts. */
	return p->is_gap && q->is_gap && !strcmp(p->section->name, q->section->name) &&
	       same_string(symbols_a, p, x, symbols_b, q, y, is_certain);
}

/* The end of a section is one behind its last byte. */
bool symbols_moved(const struct symbols *symbols_a, uint64_t a, const struct symbols *symbols_b, uint64_t b,
		   bool is_certain)
{
	return is_same_place(symbols_a, a, symbols_b, b, is_certain) ||
	       (a && b && is_same_place(symbols_a, a - 1, symbols_b, b - 1, false));
}
