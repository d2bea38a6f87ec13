// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A view: the headers of one ELF file, and its bytes as they are.
 *
 * Bulk tables (symbols, relocations) are decoded entry by entry from the raw bytes: elf_getdata() would convert and
 * copy whole sections of a foreign-endian file, which may be hundreds of megabytes.
 */
#include "view/view.h"

int section_failure(const struct elfsect_view *view, const struct elfsect_section *section, int code,
		    const char *reason, struct elfsect_error *error)
{
	return failure(error, code, "%s: section %u (%s): %s", view->name, section->index, section->name, reason);
}

bool elfsect_section_has_extent(const struct elfsect_section *section)
{
	return section->type != SHT_NULL && section->type != SHT_NOBITS && section->size != 0;
}

bool elfsect_section_info_is_index(const struct elfsect_section *section)
{
	return is_relocation_type(section->type) || section->type == ELFSECT_SHT_CREL ||
	       (section->flags & SHF_INFO_LINK);
}

const char *elfsect_view_name(const struct elfsect_view *view)
{
	return view->name;
}

const uint8_t *elfsect_view_bytes(const struct elfsect_view *view, uint64_t *size)
{
	*size = view->size;
	return view->bytes;
}

const struct elfsect_header *elfsect_view_header(const struct elfsect_view *view)
{
	return &view->header;
}

const struct elfsect_section *elfsect_view_sections(const struct elfsect_view *view, uint32_t *count)
{
	*count = view->header.shnum;
	return view->sections;
}

const struct elfsect_segment *elfsect_view_segments(const struct elfsect_view *view, uint32_t *count)
{
	*count = view->header.phnum;
	return view->segments;
}

const uint8_t *elfsect_section_bytes(const struct elfsect_view *view, const struct elfsect_section *section)
{
	return elfsect_section_has_extent(section) ? view->bytes + section->offset : NULL;
}

const char *strtab_get(const struct elfsect_view *view, const struct elfsect_section *strtab, uint64_t offset,
		       uint64_t longest)
{
	const uint8_t *table = elfsect_section_bytes(view, strtab);

	const char *name;
	uint64_t room;

	if (!table || offset >= strtab->size)
		return NULL;
	name = (const char *)table + offset;
	room = strtab->size - offset;
	return memchr(name, '\0', room <= longest ? room : longest + 1) ? name : NULL;
}

int elfsect_section_find(const struct elfsect_view *view, const char *name, const struct elfsect_section **section,
			 struct elfsect_error *error)
{
	const struct elfsect_section *found = NULL;

	for (uint32_t i = 1; i < view->header.shnum; i++) {
		if (strcmp(view->sections[i].name, name) != 0)
			continue;
		if (found)
			return failure(error, EEXIST, "%s: there are several sections named %s (%u and %u)", view->name,
				       name, found->index, i);
		found = &view->sections[i];
	}
	if (!found)
		return failure(error, ENOENT, "%s: there is no section %s", view->name, name);
	*section = found;
	return 0;
}

const struct elfsect_section *elfsect_view_symtab(const struct elfsect_view *view)
{
	return view->symtab ? &view->sections[view->symtab] : NULL;
}

const struct elfsect_section *elfsect_view_symtab_shndx(const struct elfsect_view *view)
{
	return view->symtab_shndx ? &view->sections[view->symtab_shndx] : NULL;
}

bool elfsect_is_relocatable(const struct elfsect_view *view)
{
	return view->header.type == ET_REL;
}

unsigned int elfsect_word_size(const struct elfsect_view *view)
{
	return view_is_64(view) ? 8 : 4;
}

uint64_t elfsect_load(const struct elfsect_view *view, const uint8_t *bytes, unsigned int width)
{
	switch (width) {
	case 1:
		return *bytes;
	case 2:
		return view_u16(view, bytes);
	case 4:
		return view_u32(view, bytes);
	default:
		return view_u64(view, bytes);
	}
}

bool elfsect_section_is_name_table(const struct elfsect_view *view, const struct elfsect_section *section)
{
	const struct elfsect_section *symtab = elfsect_view_symtab(view);

	if (section->type != SHT_STRTAB || (section->flags & SHF_ALLOC) || !section->index)
		return false;
	if (section->index != view->header.shstrndx && (!symtab || symtab->link != section->index))
		return false;
	for (uint32_t i = 1; i < view->header.shnum; i++)
		if (view->sections[i].link == section->index && view->sections[i].type != SHT_SYMTAB)
			return false; /* somebody else may look into it, at offsets that are not known here */
	return true;
}
