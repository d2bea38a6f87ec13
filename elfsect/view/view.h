/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A view, as the rest of libelfsect sees it. */
#ifndef ELFSECT_VIEW_H
#define ELFSECT_VIEW_H

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "elfsect.h"
#include "base/error.h"

/*
 * Limits that no kernel comes near. Without them a small hostile file could cost hours: work grows with segments times
 * sections, and with symbols times the length of their names, which may overlap.
 */
enum { SEGMENTS_MAX = 1024, SECTION_NAME_MAX = 1023, SYMBOL_NAME_MAX = 16383 };

/* Bytes of all names together, which may share those of the file. */
enum { SECTION_NAMES_MAX = 32 << 20, SYMBOL_NAMES_MAX = 256 << 20 };

struct elfsect_view {
	char *name;	      /* owned; for messages */
	const uint8_t *bytes; /* owned if mapped, else borrowed */
	uint64_t size;
	bool mapped;
	int fd;		  /* owned duplicate, or -1 */
	bool locked;	  /* fd carries a lock against other editors */
	struct stat stat; /* when it was opened; valid if fd >= 0 */
	struct elfsect_header header;
	struct elfsect_section *sections; /* owned */
	struct elfsect_segment *segments; /* owned */
	uint32_t symtab;		  /* index, or 0 */
	uint32_t symtab_shndx;		  /* index, or 0 */
};

static inline bool view_is_64(const struct elfsect_view *view)
{
	return view->header.elf_class == ELFCLASS64;
}

static inline uint16_t view_u16(const struct elfsect_view *view, const uint8_t *p)
{
	return load_u16(p, view->header.data);
}

static inline uint32_t view_u32(const struct elfsect_view *view, const uint8_t *p)
{
	return load_u32(p, view->header.data);
}

static inline uint64_t view_u64(const struct elfsect_view *view, const uint8_t *p)
{
	return load_u64(p, view->header.data);
}

/* Size in the file of one table entry, by class. */
static inline uint64_t symbol_entsize(const struct elfsect_view *view)
{
	return view_is_64(view) ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
}

static inline uint64_t relocation_entsize(const struct elfsect_view *view, uint32_t type)
{
	if (type == SHT_RELA)
		return view_is_64(view) ? sizeof(Elf64_Rela) : sizeof(Elf32_Rela);
	return view_is_64(view) ? sizeof(Elf64_Rel) : sizeof(Elf32_Rel);
}

static inline bool is_relocation_type(uint32_t type)
{
	return type == SHT_REL || type == SHT_RELA;
}

/* "FILE: section N (NAME): reason" */
int section_failure(const struct elfsect_view *view, const struct elfsect_section *section, int code,
		    const char *reason, struct elfsect_error *error);

/* The string at an offset of a string table; NULL if it does not end inside, or is longer than `longest` bytes. */
const char *strtab_get(const struct elfsect_view *view, const struct elfsect_section *strtab, uint64_t offset,
		       uint64_t longest);

#endif
