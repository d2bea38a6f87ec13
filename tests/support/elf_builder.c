// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "elf_builder_internal.h"

void *must(void *p)
{
	if (p)
		return p;
	fprintf(stderr, "elf_builder: out of memory\n");
	abort();
}

void *grow(void *array, size_t count, size_t size)
{
	/* Room doubles at powers of two. */
	if (count & (count - 1))
		return array;
	return must(reallocarray(array, count ? 2 * count : 1, size));
}

void store(const struct elf_builder *b, uint8_t *p, size_t width, uint64_t value)
{
	switch (width) {
	case 1:
		*p = (uint8_t)value;
		break;
	case 2:
		store_u16(p, b->data, (uint16_t)value);
		break;
	case 4:
		store_u32(p, b->data, (uint32_t)value);
		break;
	default:
		store_u64(p, b->data, value);
	}
}

static bool machine_has_rel(uint8_t class, uint16_t machine)
{
	return machine == EM_386 || machine == EM_ARM || (machine == EM_MIPS && class == ELFCLASS32);
}

struct elf_builder *elf_builder_new(uint8_t class, uint8_t data, uint16_t type, uint16_t machine)
{
	struct elf_builder *b = must(calloc(1, sizeof(*b)));

	b->class = class;
	b->data = data;
	b->type = type;
	b->machine = machine;
	b->relocation_type = machine_has_rel(class, machine) ? SHT_REL : SHT_RELA;
	elf_builder_section(b, "", SHT_NULL, 0, NULL, 0, 0);
	elf_builder_symbol(b, "", 0, 0, SHN_UNDEF, 0, 0);
	return b;
}

void elf_builder_free(struct elf_builder *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->section_count; i++) {
		free(b->sections[i].name);
		free(b->sections[i].bytes);
	}
	for (size_t i = 0; i < b->symbol_count; i++)
		free(b->symbols[i].name);
	free(b->sections);
	free(b->symbols);
	free(b->relocations);
	free(b->segments);
	free(b->image);
	free(b);
}

void elf_builder_use_relocations(struct elf_builder *b, uint32_t type)
{
	b->relocation_type = type;
}

void elf_builder_trailing(struct elf_builder *b, uint64_t size)
{
	b->trailing = size;
}

void elf_builder_strip(struct elf_builder *b)
{
	b->stripped = true;
}

void elf_builder_symbol_table(struct elf_builder *b)
{
	b->symbol_table = true;
}

uint32_t elf_builder_section(struct elf_builder *b, const char *name, uint32_t type, uint64_t flags, const void *bytes,
			     uint64_t size, uint64_t align)
{
	struct elf_builder_section *s;

	b->sections = grow(b->sections, b->section_count, sizeof(*b->sections));
	s = &b->sections[b->section_count];
	*s = (struct elf_builder_section){
		.name = must(strdup(name)), .type = type, .flags = flags, .size = size, .align = align};
	if (type != SHT_NOBITS && type != SHT_NULL) {
		s->bytes = must(calloc(size ? size : 1, 1));
		if (bytes)
			memcpy(s->bytes, bytes, size);
	}
	return (uint32_t)b->section_count++;
}

struct elf_builder_section *elf_builder_at(struct elf_builder *b, uint32_t index)
{
	return &b->sections[index];
}

uint32_t elf_builder_find(const struct elf_builder *b, const char *name)
{
	for (uint32_t i = 1; i < b->section_count; i++)
		if (strcmp(b->sections[i].name, name) == 0)
			return i;
	fprintf(stderr, "elf_builder: no section %s\n", name);
	abort();
}

uint32_t elf_builder_symbol(struct elf_builder *b, const char *name, uint8_t info, uint8_t other, uint32_t section,
			    uint64_t value, uint64_t size)
{
	b->symbols = grow(b->symbols, b->symbol_count, sizeof(*b->symbols));
	b->symbols[b->symbol_count] = (struct builder_symbol){
		.name = must(strdup(name)),
		.info = info,
		.other = other,
		.section = section,
		.value = value,
		.size = size,
	};
	return (uint32_t)b->symbol_count++;
}

uint32_t elf_builder_symbol_index(const struct elf_builder *b, uint32_t symbol)
{
	return b->symbols[symbol].index;
}

static uint32_t relocation_section(struct elf_builder *b, uint32_t target)
{
	const bool rela = b->relocation_type == SHT_RELA;
	char name[256];
	uint32_t index;

	if (b->sections[target].relocations)
		return b->sections[target].relocations;
	snprintf(name, sizeof(name), "%s%s", rela ? ".rela" : ".rel", b->sections[target].name);
	index = elf_builder_section(b, name, b->relocation_type, SHF_INFO_LINK, NULL, 0, is_64(b) ? 8 : 4);
	b->sections[target].relocations = index;
	b->sections[index].info = target;
	b->sections[index].entsize = (is_64(b) ? 8u : 4u) * (rela ? 3 : 2);
	return index;
}

uint32_t elf_builder_relocation(struct elf_builder *b, uint32_t target, uint64_t offset, uint32_t type, uint32_t symbol,
				int64_t addend)
{
	const uint32_t section = relocation_section(b, target);

	b->relocations = grow(b->relocations, b->relocation_count, sizeof(*b->relocations));
	b->relocations[b->relocation_count++] = (struct builder_relocation){
		.section = section,
		.type = type,
		.symbol = symbol,
		.offset = offset,
		.addend = addend,
	};
	b->sections[section].size += b->sections[section].entsize;
	return section;
}

uint32_t elf_builder_group(struct elf_builder *b, uint32_t signature, uint32_t flags, const uint32_t *members,
			   uint32_t count)
{
	const uint32_t index = elf_builder_section(b, ".group", SHT_GROUP, 0, NULL, 4 * ((uint64_t)count + 1), 4);

	b->sections[index].entsize = 4;
	b->sections[index].signature = signature;
	elf_builder_put(b, index, 0, 4, flags);
	for (uint32_t i = 0; i < count; i++) {
		b->sections[members[i]].flags |= SHF_GROUP;
		elf_builder_put(b, index, 4 * ((uint64_t)i + 1), 4, members[i]);
	}
	return index;
}

static uint64_t round_up(uint64_t x, uint64_t align)
{
	return (x + align - 1) / align * align;
}

/* namesz u32, descsz u32, type u32, name padded to 4, descriptor padded to the section's alignment. */
void elf_builder_note(struct elf_builder *b, uint32_t section, const char *owner, uint32_t type, const void *descriptor,
		      uint32_t size)
{
	struct elf_builder_section *s = &b->sections[section];
	const uint64_t align = s->align == 8 ? 8 : 4;
	const uint32_t name_size = (uint32_t)strlen(owner) + 1;
	const uint64_t at = s->size, data = round_up(12 + (uint64_t)name_size, align);

	s->size = at + round_up(data + size, align);
	s->bytes = must(realloc(s->bytes, s->size));
	memset(s->bytes + at, 0, s->size - at);
	elf_builder_put(b, section, at, 4, name_size);
	elf_builder_put(b, section, at + 4, 4, size);
	elf_builder_put(b, section, at + 8, 4, type);
	memcpy(s->bytes + at + 12, owner, name_size);
	memcpy(s->bytes + at + data, descriptor, size);
}

uint32_t elf_builder_segment(struct elf_builder *b, uint32_t type, uint32_t flags, uint32_t first, uint32_t last,
			     uint64_t paddr)
{
	b->segments = grow(b->segments, b->segment_count, sizeof(*b->segments));
	b->segments[b->segment_count] = (struct builder_segment){type, flags, first, last, paddr};
	return (uint32_t)b->segment_count++;
}

void elf_builder_put(struct elf_builder *b, uint32_t section, uint64_t offset, unsigned int width, uint64_t value)
{
	store(b, b->sections[section].bytes + offset, width, value);
}

/* ------------------------------------------------------------------------------------------------ finished image */

void elf_builder_set(struct elf_builder *b, uint64_t record, struct elf_field field, uint64_t value)
{
	if (is_64(b))
		store(b, b->image + record + field.offset64, field.width64, value);
	else
		store(b, b->image + record + field.offset32, field.width32, value);
}

uint64_t elf_builder_get(const struct elf_builder *b, uint64_t record, struct elf_field field)
{
	const uint8_t *p = b->image + record + (is_64(b) ? field.offset64 : field.offset32);

	switch (is_64(b) ? field.width64 : field.width32) {
	case 1:
		return *p;
	case 2:
		return load_u16(p, b->data);
	case 4:
		return load_u32(p, b->data);
	default:
		return load_u64(p, b->data);
	}
}

uint64_t elf_builder_section_header(const struct elf_builder *b, uint32_t index)
{
	return b->shoff + (uint64_t)index * (is_64(b) ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr));
}

uint64_t elf_builder_program_header(const struct elf_builder *b, uint32_t index)
{
	return b->phoff + (uint64_t)index * (is_64(b) ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr));
}

uint64_t elf_builder_symbol_entry(const struct elf_builder *b, uint32_t symbol)
{
	return b->sections[b->symtab].offset +
	       (uint64_t)b->symbols[symbol].index * (is_64(b) ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym));
}
