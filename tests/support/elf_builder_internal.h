/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What elf_builder.c (collecting) and elf_layout.c (writing) share. */
#ifndef ELF_BUILDER_INTERNAL_H
#define ELF_BUILDER_INTERNAL_H

#include <stdbool.h>
#include <stdlib.h>

#include "elf_builder.h"

struct builder_symbol {
	char *name;
	uint8_t info;
	uint8_t other;
	uint32_t section;
	uint64_t value;
	uint64_t size;
	uint32_t index; /* in the file, once laid out */
};

struct builder_relocation {
	uint32_t section; /* that it stands in */
	uint32_t type;
	uint32_t symbol;
	uint64_t offset;
	int64_t addend;
};

struct builder_segment {
	uint32_t type;
	uint32_t flags;
	uint32_t first;
	uint32_t last;
	uint64_t paddr;
};

struct elf_builder {
	uint8_t class;
	uint8_t data;
	uint16_t type;
	uint16_t machine;
	uint32_t relocation_type;
	uint64_t trailing;
	bool symbol_table;
	bool stripped;
	struct elf_builder_section *sections;
	size_t section_count; /* entry 0 included */
	struct builder_symbol *symbols;
	size_t symbol_count; /* entry 0 included */
	struct builder_relocation *relocations;
	size_t relocation_count;
	struct builder_segment *segments;
	size_t segment_count;
	uint8_t *image;
	size_t size;
	uint64_t shoff;
	uint64_t phoff;
	uint32_t symtab;
};

static inline bool is_64(const struct elf_builder *b)
{
	return b->class == ELFCLASS64;
}

void *must(void *p);

/* Room for one more entry of an array of @count. */
void *grow(void *array, size_t count, size_t size);

void store(const struct elf_builder *b, uint8_t *p, size_t width, uint64_t value);

#endif
