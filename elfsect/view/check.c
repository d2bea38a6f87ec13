// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * elfsect_check(): the structure that a file must have before its bytes are judged. The rule numbers are those of
 * hashsect/FORMAT.md, section 3; rules 1, 2, 6 and 7 are the view's.
 */
#include "view/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "view/check_relocatable.h"
#include "view/check_segments.h"

/* ------------------------------------------------------------------------------------------------ rule 3: types */

static bool type_is_known(const struct elfsect_view *view, uint32_t type)
{
	if (type <= SHT_REL || type == SHT_DYNSYM || type == ELFSECT_SHT_CREL ||
	    (type >= SHT_INIT_ARRAY && type <= SHT_RELR))
		return true;
	if (type >= 0x6ffffef5 && type <= 0x6fffffff)
		return type < SHT_SUNW_move || type > SHT_SUNW_syminfo;
	if (type >= 0x6fff4c00 && type <= 0x6fff4c0f) /* LLVM's */
		return true;
	return type >= SHT_LOPROC && type <= SHT_HIPROC && view->header.machine != EM_NONE;
}

static int check_types(const struct elfsect_view *view, struct elfsect_error *error)
{
	for (uint32_t i = 1; i < view->header.shnum; i++) {
		const struct elfsect_section *s = &view->sections[i];

		if (!type_is_known(view, s->type))
			return failure(error, ENOEXEC, "%s: section %u (%s): unknown type 0x%x", view->name, i, s->name,
				       s->type);
		if (s->type == SHT_NULL && s->size)
			return section_failure(view, s, ENOEXEC, "of type SHT_NULL, but with a size", error);
	}
	return 0;
}

/* ----------------------------------------------------------------------------------- rules 4 and 5: extents, gaps */

struct extent {
	uint64_t offset;
	uint64_t size;
	uint32_t section; /* index, or one of these */
};

enum { EXTENT_HEADER = UINT32_MAX, EXTENT_PHDRS = UINT32_MAX - 1, EXTENT_SHDRS = UINT32_MAX - 2 };

static int extent_compare(const void *a, const void *b)
{
	const struct extent *x = a, *y = b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return x->section < y->section ? -1 : x->section > y->section;
}

static const char *extent_name(const struct elfsect_view *view, const struct extent *e, char *buffer, size_t room)
{
	switch (e->section) {
	case EXTENT_HEADER:
		return "the ELF header";
	case EXTENT_PHDRS:
		return "the program header table";
	case EXTENT_SHDRS:
		return "the section header table";
	default:
		snprintf(buffer, room, "section %u (%s)", e->section, view->sections[e->section].name);
		return buffer;
	}
}

static int not_zero(const struct elfsect_view *view, uint64_t at, uint8_t byte, uint64_t gap_end,
		    struct elfsect_error *error)
{
	return failure(error, ENOEXEC, "%s: offset 0x%jx: byte 0x%02x %s", view->name, (uintmax_t)at, byte,
		       gap_end == view->size ? "after the last section or table (trailing data?)"
					     : "in a gap between sections, where only zero bytes may be");
}

/* A gap may be as large as the file: it is read, piece by piece, not mapped. */
static int check_zeros(const struct elfsect_view *view, uint64_t from, uint64_t to, struct elfsect_error *error)
{
	uint8_t buffer[16384];
	uint64_t size;

	for (uint64_t at = from; at < to; at += size) {
		const uint8_t *bytes;
		uint64_t good;
		int ret;

		size = to - at < sizeof(buffer) ? to - at : sizeof(buffer);
		ret = elfsect_view_read(view, at, size, buffer, &bytes, error);
		if (ret)
			return ret;
		good = first_nonzero(bytes, size);
		if (good != size)
			return not_zero(view, at + good, bytes[good], to, error);
	}
	return 0;
}

/* What nobody loads may be anything, where only that counts which is loaded. */
static int check_gap(const struct elfsect_view *view, uint64_t from, uint64_t to, unsigned int flags,
		     struct elfsect_error *error)
{
	int ret = 0;

	if (!(flags & ELFSECT_CHECK_LOADED))
		return check_zeros(view, from, to, error);
	for (uint32_t i = 0; i < view->header.phnum && from < to && !ret; i++) {
		const struct elfsect_segment *p = &view->segments[i];

		/* The segment lies inside the file, or will be refused. */
		if (p->type == PT_LOAD && range_inside(p->offset, p->filesz, view->size))
			ret = check_zeros(view, from > p->offset ? from : p->offset,
					  to < p->offset + p->filesz ? to : p->offset + p->filesz, error);
	}
	return ret;
}

/* Linux refuses a module with a section that begins behind its end; of those types it looks at the size only. */
static int check_empty(const struct elfsect_view *view, const struct elfsect_section *s, struct elfsect_error *error)
{
	if (s->type == SHT_NULL || s->type == SHT_NOBITS || s->offset <= view->size)
		return 0;
	return section_failure(view, s, ENOEXEC, "empty, but at an offset outside the file", error);
}

enum { NO_GAPS = 1u << 31 };

static int check_extents(const struct elfsect_view *view, unsigned int flags, struct elfsect_error *error)
{
	const bool gaps = !(flags & NO_GAPS);
	const struct elfsect_header *h = &view->header;
	autofree struct extent *extents = calloc((size_t)h->shnum + 3, sizeof(*extents));
	size_t n = 0;
	uint64_t end = 0;

	if (!extents)
		return failure_errno(error, ENOMEM, "%s: extents", view->name);
	extents[n++] = (struct extent){0, h->ehsize, EXTENT_HEADER};
	if (h->phnum)
		extents[n++] = (struct extent){h->phoff, (uint64_t)h->phnum * h->phentsize, EXTENT_PHDRS};
	if (h->shnum)
		extents[n++] = (struct extent){h->shoff, (uint64_t)h->shnum * h->shentsize, EXTENT_SHDRS};
	for (uint32_t i = 1; i < h->shnum; i++) {
		const struct elfsect_section *s = &view->sections[i];

		if (elfsect_section_has_extent(s))
			extents[n++] = (struct extent){s->offset, s->size, i};
		else if (flags & ELFSECT_CHECK_PLACES && check_empty(view, s, error))
			return -ENOEXEC;
	}
	qsort(extents, n, sizeof(*extents), extent_compare);
	for (size_t i = 0; i < n; i++) {
		char one[256], two[256];
		int ret = 0;

		if (extents[i].offset < end)
			return failure(error, ENOEXEC, "%s: offset 0x%jx: %s overlaps %s", view->name,
				       (uintmax_t)extents[i].offset, extent_name(view, &extents[i], one, sizeof(one)),
				       extent_name(view, &extents[i - 1], two, sizeof(two)));
		if (gaps)
			ret = check_gap(view, end, extents[i].offset, flags, error);
		if (ret)
			return ret;
		end = extents[i].offset + extents[i].size;
	}
	return gaps ? check_gap(view, end, view->size, flags, error) : 0;
}

/* --------------------------------------------------------------------------------------- rules 8 and 9: symbols */

static int check_symtab_header(const struct elfsect_view *view, const struct elfsect_section *symtab,
			       struct elfsect_error *error)
{
	const uint64_t entsize = symbol_entsize(view);

	if (symtab->flags & SHF_ALLOC)
		return section_failure(view, symtab, ENOEXEC, "an allocated symbol table is not supported", error);
	if (symtab->entsize != entsize || !symtab->size || symtab->size % entsize)
		return section_failure(view, symtab, ENOEXEC, "size or sh_entsize does not fit a symbol table", error);
	if (symtab->size / entsize > INT32_MAX)
		return section_failure(view, symtab, ENOEXEC, "more than 2^31 symbols", error);
	if (view->sections[symtab->link].type != SHT_STRTAB)
		return section_failure(view, symtab, ENOEXEC, "sh_link is not the index of a string table", error);
	if (first_nonzero(elfsect_section_bytes(view, symtab), entsize) != entsize)
		return section_failure(view, symtab, ENOEXEC, "symbol 0 is not zero", error);
	return 0;
}

static int check_symbol(const struct elfsect_view *view, uint32_t index, bool local, uint64_t *names,
			struct elfsect_error *error)
{
	const struct elfsect_section *symtab = elfsect_view_symtab(view);
	const struct elfsect_symbol s = elfsect_symbol_get(view, index);
	const char *reason = NULL;

	if (!strtab_get(view, &view->sections[symtab->link], s.name_offset, SYMBOL_NAME_MAX))
		reason = "its name lies outside the string table or is too long";
	else if ((ELF64_ST_BIND(s.info) == STB_LOCAL) != local)
		reason = "its binding and the symbol table's sh_info do not agree";
	else if (s.shndx == SHN_XINDEX && (!view->symtab_shndx || s.section < SHN_LORESERVE))
		reason = "SHN_XINDEX without an extended section index";
	else if (s.section >= view->header.shnum && s.section)
		reason = "its section does not exist";
	*names += strlen(s.name);
	if (!reason && *names > SYMBOL_NAMES_MAX)
		reason = "with its name the names of the symbols have more than 256 MiB";
	if (!reason)
		return 0;
	return failure(error, ENOEXEC, "%s: section %u (%s): symbol %u (%s): %s", view->name, symtab->index,
		       symtab->name, index, s.name, reason);
}

static int check_symtab_shndx(const struct elfsect_view *view, struct elfsect_error *error)
{
	const struct elfsect_section *s = elfsect_view_symtab_shndx(view);
	const uint32_t count = elfsect_symbol_count(view);

	if (!s)
		return 0;
	if (strcmp(s->name, ".symtab_shndx") != 0 || s->flags || s->addr || s->info || s->align != 4 || s->entsize != 4)
		return section_failure(view, s, ENOEXEC,
				       "a SHT_SYMTAB_SHNDX header with other than the usual name and fields", error);
	if (!view->symtab || s->link != view->symtab || s->size != (uint64_t)count * 4)
		return section_failure(view, s, ENOEXEC, "does not fit the symbol table", error);
	for (uint32_t i = 0; i < count; i++)
		if (elfsect_symbol_get(view, i).shndx != SHN_XINDEX &&
		    view_u32(view, elfsect_section_bytes(view, s) + (uint64_t)i * 4))
			return failure(error, ENOEXEC,
				       "%s: section %u (%s): entry %u is not zero, but its symbol needs none",
				       view->name, s->index, s->name, i);
	return 0;
}

static int check_symbols(const struct elfsect_view *view, struct elfsect_error *error)
{
	const struct elfsect_section *symtab = elfsect_view_symtab(view);
	uint64_t names = 0;
	uint32_t count;
	int ret;

	if (symtab) {
		ret = check_symtab_header(view, symtab, error);
		if (ret)
			return ret;
		count = elfsect_symbol_count(view);
		if (symtab->info > count || symtab->info < 1)
			return section_failure(view, symtab, ENOEXEC, "sh_info is not the number of local symbols",
					       error);
		for (uint32_t i = 1; i < count; i++) {
			ret = check_symbol(view, i, i < symtab->info, &names, error);
			if (ret)
				return ret;
		}
	}
	return check_symtab_shndx(view, error);
}

/* ------------------------------------------------------------------------------------------ rule 10: relocations */

static int check_relocations(const struct elfsect_view *view, const struct elfsect_section *s, bool each,
			     struct elfsect_error *error)
{
	const uint64_t entsize = relocation_entsize(view, s->type);
	const uint32_t symbols = elfsect_symbol_count(view);
	uint64_t count;

	if (s->entsize != entsize || s->size % entsize)
		return section_failure(view, s, ENOEXEC, "size or sh_entsize does not fit a relocation table", error);
	if (view->header.type == ET_REL && (!s->info || is_relocation_type(view->sections[s->info].type)))
		return section_failure(view, s, ENOEXEC, "sh_info names no section to relocate", error);
	if (!each)
		return 0;
	count = s->size / entsize;
	for (uint64_t i = 0; i < count; i++)
		if (elfsect_relocation_get(view, s, i).symbol >= symbols)
			return failure(error, ENOEXEC, "%s: section %u (%s): relocation %ju: its symbol does not exist",
				       view->name, s->index, s->name, (uintmax_t)i);
	return 0;
}

/* ---------------------------------------------------------------------------------------- rule 11: string tables */

static void mark(uint8_t *used, uint64_t offset)
{
	used[offset / 8] |= (uint8_t)(1u << (offset % 8));
}

static int check_strtab(const struct elfsect_view *view, const struct elfsect_section *s, struct elfsect_error *error)
{
	const struct elfsect_section *symtab = elfsect_view_symtab(view);
	const uint8_t *bytes = elfsect_section_bytes(view, s);
	autofree uint8_t *used = NULL;
	bool covered = false;

	if (!s->size)
		return 0;
	if (bytes[0] || bytes[s->size - 1])
		return section_failure(view, s, ENOEXEC, "a string table that does not begin and end with a zero byte",
				       error);
	used = calloc(s->size / 8 + 1, 1);
	if (!used)
		return failure_errno(error, ENOMEM, "%s: string table", view->name);
	if (s->index == view->header.shstrndx)
		for (uint32_t i = 1; i < view->header.shnum; i++)
			mark(used, view->sections[i].name_offset);
	if (symtab && symtab->link == s->index)
		for (uint32_t i = 1, n = elfsect_symbol_count(view); i < n; i++)
			mark(used, elfsect_symbol_get(view, i).name_offset);
	for (uint64_t i = 0; i < s->size; i++) {
		if (!bytes[i])
			covered = false;
		else if (used[i / 8] & (1u << (i % 8)))
			covered = true;
		if (bytes[i] && !covered)
			return failure(error, ENOEXEC,
				       "%s: section %u (%s): offset 0x%jx in it: bytes that no name uses", view->name,
				       s->index, s->name, (uintmax_t)i);
	}
	return 0;
}

/* ----------------------------------------------------------------------------------------------- rule 12: groups */

static int check_group(const struct elfsect_view *view, const struct elfsect_section *s, uint8_t *grouped,
		       struct elfsect_error *error)
{
	const uint8_t *bytes = elfsect_section_bytes(view, s);

	if ((s->flags & SHF_ALLOC) || s->entsize != 4 || s->size < 4 || s->size % 4)
		return section_failure(view, s, ENOEXEC, "not the form of a section group", error);
	if (!view->symtab || s->link != view->symtab || s->info >= elfsect_symbol_count(view))
		return section_failure(view, s, ENOEXEC, "its signature symbol does not exist", error);
	for (uint64_t i = 4; i < s->size; i += 4) {
		const uint32_t member = view_u32(view, bytes + i);

		if (!member || member >= view->header.shnum)
			return failure(error, ENOEXEC, "%s: section %u (%s): member %u does not exist", view->name,
				       s->index, s->name, member);
		if (grouped[member]++)
			return failure(error, ENOEXEC, "%s: section %u (%s): section %u is in two groups", view->name,
				       s->index, s->name, member);
	}
	return 0;
}

static bool names_are_judged(const struct elfsect_view *view, const struct elfsect_section *s, unsigned int flags)
{
	if (!elfsect_section_is_name_table(view, s))
		return false;
	return !(flags & ELFSECT_CHECK_LOADED) || view->header.type == ET_REL;
}

static int check_tables(const struct elfsect_view *view, unsigned int flags, struct elfsect_error *error)
{
	autofree uint8_t *grouped = calloc((size_t)view->header.shnum + 1, 1);

	if (!grouped)
		return failure_errno(error, ENOMEM, "%s: section groups", view->name);
	for (uint32_t i = 1; i < view->header.shnum; i++) {
		const struct elfsect_section *s = &view->sections[i];
		int ret = 0;

		if (elfsect_relocations_are_symbolic(view, s))
			ret = check_relocations(view, s, flags & ELFSECT_CHECK_RELOCATIONS, error);
		else if (names_are_judged(view, s, flags))
			ret = check_strtab(view, s, error);
		else if (is_relocation_type(s->type) && s->size && view->header.type == ET_REL)
			ret = section_failure(view, s, ENOEXEC, "relocations that are not linked to the symbol table",
					      error);
		else if (s->type == SHT_GROUP)
			ret = check_group(view, s, grouped, error);
		if (ret)
			return ret;
	}
	return 0;
}

int elfsect_check(const struct elfsect_view *view, unsigned int flags, struct elfsect_error *error)
{
	int ret;

	ret = check_types(view, error);
	if (!ret)
		ret = check_extents(view, flags, error);
	if (!ret)
		ret = check_symbols(view, error);
	if (!ret)
		ret = check_tables(view, flags, error);
	if (!ret)
		ret = check_relocatable(view, error);
	if (!ret)
		ret = check_segments(view, flags & ELFSECT_CHECK_PLACES, error);
	return ret;
}

int check_layout(const struct elfsect_view *view, struct elfsect_error *error)
{
	const struct elfsect_section *symtab = elfsect_view_symtab(view);
	int ret;

	ret = check_types(view, error);
	if (!ret)
		ret = check_extents(view, NO_GAPS, error);
	if (!ret && symtab)
		ret = check_symtab_header(view, symtab, error);
	if (!ret)
		ret = check_segments(view, false, error);
	return ret;
}
