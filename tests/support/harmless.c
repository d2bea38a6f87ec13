// SPDX-License-Identifier: GPL-2.0-or-later
#include <elf.h>
#include <string.h>

#include "harmless.h"

const char *const harmless_names[HARMLESS_KINDS] = {"counts",	  "excluded",	"offset",	 "name",
						    "entry size", "table size", "policy symbol", "address"};

/* Whether a byte is in the field @member of the record at @at. */
#define IN_FIELD(wide, offset, at, record, member)                                                                     \
	((wide) ? inside(offset, (at) + offsetof(Elf64_##record, member), sizeof(((Elf64_##record *)0)->member))       \
		: inside(offset, (at) + offsetof(Elf32_##record, member), sizeof(((Elf32_##record *)0)->member)))

static bool inside(uint64_t x, uint64_t start, uint64_t size)
{
	return x >= start && x - start < size;
}

/* Configured certificates count, although they lie between bytes that do not: from __module_cert_end to
 * __cert_list_end. */
static bool in_residue(const struct elfsect_view *view, uint64_t offset)
{
	const struct elfsect_section *section = NULL;
	uint64_t from = 0, to = 0;
	uint32_t count;

	for (uint32_t i = 1; i < elfsect_symbol_count(view); i++) {
		const struct elfsect_symbol s = elfsect_symbol_get(view, i);

		if (!elfsect_symbol_is_defined(&s))
			continue;
		if (strcmp(s.name, "__module_cert_end") == 0)
			from = s.value;
		if (strcmp(s.name, "__cert_list_end") == 0) {
			to = s.value;
			section = &elfsect_view_sections(view, &count)[s.section];
		}
	}
	if (!section || from >= to)
		return false;
	return inside(offset, section->offset + from - section->addr, to - from);
}

static bool is_excluded(const struct elfsect_view *view, const struct hashsect_digest *digest, uint64_t offset)
{
	for (size_t i = 0; i < digest->exclusion_count; i++) {
		const struct hashsect_exclusion *e = &digest->exclusions[i];

		for (size_t j = 0; j < e->range_count; j++)
			if (inside(offset, e->ranges[j].file_offset, e->ranges[j].length))
				return !in_residue(view, offset);
	}
	return false;
}

static bool same_bytes(const struct elfsect_view *a, const struct elfsect_section *x, const struct elfsect_view *b,
		       const struct elfsect_section *y)
{
	const uint8_t *p = elfsect_section_bytes(a, x), *q = elfsect_section_bytes(b, y);

	return x->size == y->size && (!p || !q || memcmp(p, q, x->size) == 0);
}

/* An empty section that is loaded: where it stands decides what strip makes of the segments. */
static bool is_empty_place(const struct elfsect_section *s)
{
	return (s->flags & SHF_ALLOC) && !s->size && s->type != SHT_NOBITS && s->type != SHT_NULL;
}

/* Whether a symbol is defined in a section, other than the section's own. */
static bool is_named(const struct elfsect_view *view, uint32_t section)
{
	for (uint32_t i = 1; i < elfsect_symbol_count(view); i++) {
		const struct elfsect_symbol s = elfsect_symbol_get(view, i);

		if (elfsect_symbol_is_defined(&s) && s.section == section && ELF64_ST_TYPE(s.info) != STT_SECTION)
			return true;
	}
	return false;
}

static enum harmless in_headers(const struct elfsect_view *view, const struct elfsect_view *after, uint64_t offset)
{
	const struct elfsect_header *h = elfsect_view_header(view);
	const bool wide = h->elf_class == ELFCLASS64;
	const bool relocatable = elfsect_is_relocatable(view);
	uint32_t sections, segments, count;
	const struct elfsect_section *s = elfsect_view_sections(view, &sections),
				     *t = elfsect_view_sections(after, &count);

	elfsect_view_segments(view, &segments);
	if ((!sections && IN_FIELD(wide, offset, 0, Ehdr, e_shentsize)) ||
	    (!segments && IN_FIELD(wide, offset, 0, Ehdr, e_phentsize)))
		return HARMLESS_ENTSIZE;
	for (uint32_t i = 1; i < sections; i++) {
		const uint64_t at = h->shoff + (uint64_t)i * h->shentsize;

		if (IN_FIELD(wide, offset, at, Shdr, sh_offset) && same_bytes(view, &s[i], after, &t[i]) &&
		    (relocatable || !is_empty_place(&s[i])))
			return HARMLESS_OFFSET;
		if (relocatable && IN_FIELD(wide, offset, at, Shdr, sh_addr) && !s[i].size &&
		    !(s[i].flags & SHF_ALLOC) && s[i].addr && t[i].addr && !is_named(view, i))
			return HARMLESS_ADDRESS;
		if (IN_FIELD(wide, offset, at, Shdr, sh_size) && elfsect_section_is_name_table(view, &s[i]))
			return HARMLESS_TABLE;
		if (IN_FIELD(wide, offset, at, Shdr, sh_name) && strcmp(s[i].name, t[i].name) == 0)
			return HARMLESS_NAME;
	}
	return HARMLESS_NOT;
}

/* Whether a rule takes this section out: it is no part of the digest. */
static bool is_taken_out(const struct hashsect_digest *digest, uint32_t section)
{
	for (size_t i = 0; i < digest->part_count; i++)
		if (digest->parts[i].kind == 5 && digest->parts[i].section == section)
			return false;
	return section != 0;
}

static enum harmless in_symbols(const struct elfsect_view *view, const struct hashsect_digest *digest,
				const struct elfsect_view *after, uint64_t offset)
{
	const bool wide = elfsect_view_header(view)->elf_class == ELFCLASS64;
	const struct elfsect_section *symtab = elfsect_view_symtab(view);
	struct elfsect_symbol was, is;
	uint64_t index, at;

	if (!symtab || !inside(offset, symtab->offset, symtab->size))
		return HARMLESS_NOT;
	index = (offset - symtab->offset) / symtab->entsize;
	at = symtab->offset + index * symtab->entsize;
	was = elfsect_symbol_get(view, (uint32_t)index);
	is = elfsect_symbol_get(after, (uint32_t)index);
	if (IN_FIELD(wide, offset, at, Sym, st_name) && strcmp(was.name, is.name) == 0)
		return HARMLESS_NAME;
	if (!is_taken_out(digest, was.section))
		return HARMLESS_NOT;
	if (IN_FIELD(wide, offset, at, Sym, st_size) && strcmp(was.name, "system_extra_cert") == 0)
		return HARMLESS_SYMBOL;
	return HARMLESS_NOT;
}

enum harmless harmless_at(const struct elfsect_view *before, const struct hashsect_digest *digest,
			  const struct elfsect_view *after, uint64_t offset)
{
	enum harmless kind;

	if (is_excluded(before, digest, offset))
		return HARMLESS_EXCLUDED;
	kind = in_headers(before, after, offset);
	return kind ? kind : in_symbols(before, digest, after, offset);
}
