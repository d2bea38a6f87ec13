// SPDX-License-Identifier: GPL-2.0-or-later
/* From the collected sections, symbols and relocations to the bytes of a file. */
#include <stdlib.h>
#include <string.h>

#include "elf_builder_internal.h"

/* Where a linked file's segment begins in the file and in memory agree modulo this. */
enum { SEGMENT_ALIGN = 16 };

/* ------------------------------------------------------------------------------------------------- string tables */

/* A string is stored once. Slots hold offsets; 0 is free, as the empty string needs none. */
struct strings {
	uint8_t *bytes;
	size_t size;
	size_t room;
	uint32_t *slots;
	size_t slot_count;
};

static void strings_init(struct strings *t, size_t count)
{
	*t = (struct strings){.size = 1, .room = 64, .slot_count = 16};
	while (t->slot_count < 2 * count)
		t->slot_count *= 2;
	t->slots = must(calloc(t->slot_count, sizeof(*t->slots)));
	t->bytes = must(calloc(t->room, 1));
}

static uint32_t strings_add(struct strings *t, const char *text)
{
	const size_t length = strlen(text) + 1;
	size_t slot = 5381;

	if (length == 1)
		return 0;
	for (const char *p = text; *p; p++)
		slot = slot * 33 + (unsigned char)*p;
	for (slot &= t->slot_count - 1; t->slots[slot]; slot = (slot + 1) & (t->slot_count - 1))
		if (strcmp((char *)t->bytes + t->slots[slot], text) == 0)
			return t->slots[slot];
	while (t->size + length > t->room) {
		t->room *= 2;
		t->bytes = must(realloc(t->bytes, t->room));
	}
	t->slots[slot] = (uint32_t)t->size;
	memcpy(t->bytes + t->size, text, length);
	t->size += length;
	return t->slots[slot];
}

/* Hand the bytes to a section. */
static void strings_move(struct strings *t, struct elf_builder_section *s)
{
	free(s->bytes);
	free(t->slots);
	s->bytes = t->bytes;
	s->size = t->size;
}

/* ------------------------------------------------------------------------------------- symbols and relocations */

static bool is_local(const struct builder_symbol *symbol)
{
	return ELF64_ST_BIND(symbol->info) == STB_LOCAL;
}

/* Locals first. Return: how many there are, entry 0 included. */
static uint32_t number_symbols(struct elf_builder *b)
{
	uint32_t next = 0, locals = 0;

	for (int local = 1; local >= 0; local--) {
		for (size_t i = 0; i < b->symbol_count; i++)
			if (is_local(&b->symbols[i]) == (local != 0))
				b->symbols[i].index = next++;
		if (local)
			locals = next;
	}
	return locals;
}

static uint16_t symbol_shndx(const struct builder_symbol *symbol)
{
	if (symbol->section & 0x80000000u)
		return (uint16_t)symbol->section;
	return symbol->section < SHN_LORESERVE ? (uint16_t)symbol->section : SHN_XINDEX;
}

static void write_symbol(struct elf_builder *b, uint8_t *p, const struct builder_symbol *s, uint32_t name)
{
	const bool wide = is_64(b);

	store(b, p, 4, name);
	store(b, p + (wide ? 8 : 4), wide ? 8 : 4, s->value);
	store(b, p + (wide ? 16 : 8), wide ? 8 : 4, s->size);
	p[wide ? 4 : 12] = s->info;
	p[wide ? 5 : 13] = s->other;
	store(b, p + (wide ? 6 : 14), 2, symbol_shndx(s));
}

static void add_symbol_table(struct elf_builder *b)
{
	const uint64_t entsize = is_64(b) ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	const uint32_t locals = number_symbols(b);
	struct strings names;
	uint32_t shndx = 0, strtab;
	bool extended = false;

	for (size_t i = 0; i < b->symbol_count; i++)
		extended |= symbol_shndx(&b->symbols[i]) == SHN_XINDEX;
	b->symtab = elf_builder_section(b, ".symtab", SHT_SYMTAB, 0, NULL, b->symbol_count * entsize, is_64(b) ? 8 : 4);
	if (extended) {
		shndx = elf_builder_section(b, ".symtab_shndx", SHT_SYMTAB_SHNDX, 0, NULL, 4 * b->symbol_count, 4);
		b->sections[shndx].entsize = 4;
		b->sections[shndx].link = b->symtab;
	}
	strtab = elf_builder_section(b, ".strtab", SHT_STRTAB, 0, NULL, 0, 1);
	b->sections[b->symtab].link = strtab;
	b->sections[b->symtab].info = locals;
	b->sections[b->symtab].entsize = entsize;
	strings_init(&names, b->symbol_count);
	for (size_t i = 0; i < b->symbol_count; i++) {
		const struct builder_symbol *s = &b->symbols[i];

		write_symbol(b, b->sections[b->symtab].bytes + s->index * entsize, s, strings_add(&names, s->name));
		if (symbol_shndx(s) == SHN_XINDEX)
			elf_builder_put(b, shndx, 4 * (uint64_t)s->index, 4, s->section);
	}
	strings_move(&names, &b->sections[strtab]);
}

static void write_relocation(struct elf_builder *b, const struct builder_relocation *r, uint8_t *p)
{
	const uint32_t symbol = b->symbols[r->symbol].index;
	const unsigned int word = is_64(b) ? 8 : 4;

	store(b, p, word, r->offset);
	if (!is_64(b)) {
		store(b, p + 4, 4, symbol << 8 | r->type);
	} else if (b->machine == EM_MIPS) {
		store(b, p + 8, 4, symbol);
		for (unsigned int i = 0; i < 4; i++)
			p[12 + i] = (uint8_t)(r->type >> (24 - 8 * i));
	} else {
		store(b, p + 8, 8, (uint64_t)symbol << 32 | r->type);
	}
	if (b->sections[r->section].type == SHT_RELA)
		store(b, p + 2 * word, word, (uint64_t)r->addend);
}

static void drop_relocations(struct elf_builder *b)
{
	for (size_t i = 1; i < b->section_count; i++) {
		struct elf_builder_section *s;

		if (!b->sections[i].relocations)
			continue;
		s = &b->sections[b->sections[i].relocations];
		s->type = SHT_PROGBITS;
		s->flags = s->size = s->entsize = 0;
		s->info = 0;
	}
}

static void add_relocations(struct elf_builder *b)
{
	for (size_t i = 1; i < b->section_count; i++) {
		struct elf_builder_section *s = &b->sections[i];

		if (s->type == SHT_GROUP) {
			s->link = b->symtab;
			s->info = b->symbols[s->signature].index;
		}
		if (!s->relocations)
			continue;
		s = &b->sections[s->relocations];
		s->link = b->symtab;
		free(s->bytes);
		s->bytes = must(malloc(s->size));
		s->size = 0; /* where the next one goes */
	}
	for (size_t i = 0; i < b->relocation_count; i++) {
		struct elf_builder_section *s = &b->sections[b->relocations[i].section];

		write_relocation(b, &b->relocations[i], s->bytes + s->size);
		s->size += s->entsize;
	}
}

/* -------------------------------------------------------------------------------------------------------- layout */

static uint64_t round_up(uint64_t x, uint64_t align)
{
	return align > 1 ? (x + align - 1) / align * align : x;
}

static const struct builder_segment *load_of(const struct elf_builder *b, size_t section)
{
	for (size_t i = 0; i < b->segment_count; i++)
		if (b->segments[i].type == PT_LOAD && b->segments[i].first <= section && section <= b->segments[i].last)
			return &b->segments[i];
	return NULL;
}

static void place_sections(struct elf_builder *b)
{
	const uint64_t ehsize = is_64(b) ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	uint64_t at = ehsize + b->segment_count * (is_64(b) ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr));

	b->phoff = b->segment_count ? ehsize : 0;
	for (size_t i = 1; i < b->section_count; i++) {
		struct elf_builder_section *s = &b->sections[i];
		const struct builder_segment *load = load_of(b, i);

		if (!load)
			s->offset = round_up(at + s->gap, s->align);
		else if (load->first == i)
			s->offset = round_up(at + s->gap, SEGMENT_ALIGN) + s->addr % SEGMENT_ALIGN;
		else
			s->offset = b->sections[load->first].offset + (s->addr - b->sections[load->first].addr);
		if (s->type != SHT_NOBITS && s->size)
			at = s->offset + s->size;
	}
	b->shoff = b->section_count > 1 ? round_up(at, 8) : 0;
	b->size = b->shoff ? b->shoff + b->section_count * (is_64(b) ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr)) : at;
	b->size += b->trailing;
}

/* --------------------------------------------------------------------------------------------------------- write */

static void write_header(struct elf_builder *b, uint32_t shstrndx)
{
	const bool many = b->section_count >= SHN_LORESERVE, far = shstrndx >= SHN_LORESERVE;

	memcpy(b->image, ELFMAG, SELFMAG);
	b->image[EI_CLASS] = b->class;
	b->image[EI_DATA] = b->data;
	b->image[EI_VERSION] = EV_CURRENT;
	elf_set_header(b, e_type, b->type);
	elf_set_header(b, e_machine, b->machine);
	elf_set_header(b, e_version, EV_CURRENT);
	elf_set_header(b, e_ehsize, is_64(b) ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr));
	if (b->segment_count) {
		elf_set_header(b, e_phoff, b->phoff);
		elf_set_header(b, e_phnum, b->segment_count);
		elf_set_header(b, e_phentsize, is_64(b) ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr));
	}
	if (!b->shoff)
		return;
	elf_set_header(b, e_shoff, b->shoff);
	elf_set_header(b, e_shentsize, is_64(b) ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr));
	elf_set_header(b, e_shnum, many ? 0 : b->section_count);
	elf_set_header(b, e_shstrndx, far ? SHN_XINDEX : shstrndx);
	if (many)
		elf_set_section(b, 0, sh_size, b->section_count);
	if (far)
		elf_set_section(b, 0, sh_link, shstrndx);
}

static void write_section(struct elf_builder *b, uint32_t index, uint32_t name)
{
	const struct elf_builder_section *s = &b->sections[index];

	elf_set_section(b, index, sh_name, name);
	elf_set_section(b, index, sh_type, s->type);
	elf_set_section(b, index, sh_flags, s->flags);
	elf_set_section(b, index, sh_addr, s->addr);
	elf_set_section(b, index, sh_offset, s->offset);
	elf_set_section(b, index, sh_size, s->size);
	elf_set_section(b, index, sh_link, s->link);
	elf_set_section(b, index, sh_info, s->info);
	elf_set_section(b, index, sh_addralign, s->align);
	elf_set_section(b, index, sh_entsize, s->entsize);
	if (s->bytes && s->size)
		memcpy(b->image + s->offset, s->bytes, s->size);
}

static void write_segment(struct elf_builder *b, uint32_t index)
{
	const struct builder_segment *p = &b->segments[index];
	uint64_t offset = 0, vaddr = 0, filesz = 0, memsz = 0;

	if (p->first) {
		offset = b->sections[p->first].offset;
		vaddr = b->sections[p->first].addr;
		for (uint32_t i = p->first; i <= p->last; i++) {
			memsz = b->sections[i].addr + b->sections[i].size - vaddr;
			if (b->sections[i].type != SHT_NOBITS)
				filesz = memsz;
		}
	}
	elf_set_segment(b, index, p_type, p->type);
	elf_set_segment(b, index, p_flags, p->flags);
	elf_set_segment(b, index, p_offset, offset);
	elf_set_segment(b, index, p_vaddr, vaddr);
	elf_set_segment(b, index, p_paddr, p->paddr);
	elf_set_segment(b, index, p_filesz, filesz);
	elf_set_segment(b, index, p_memsz, memsz);
	/* As linkers do: that of notes is the one that they are padded to. */
	elf_set_segment(b, index, p_align, p->type == PT_NOTE ? b->sections[p->first].align : SEGMENT_ALIGN);
}

uint8_t *elf_builder_finish(struct elf_builder *b, size_t *size)
{
	uint32_t shstrndx = 0, *names;
	struct strings table;

	if (b->image) {
		*size = b->size;
		return b->image;
	}
	if (b->stripped) {
		drop_relocations(b);
	} else {
		if (b->symbol_table || b->symbol_count > 1 || b->relocation_count)
			add_symbol_table(b);
		add_relocations(b);
	}
	if (b->section_count > 1)
		shstrndx = elf_builder_section(b, ".shstrtab", SHT_STRTAB, 0, NULL, 0, 1);
	names = must(calloc(b->section_count, sizeof(*names)));
	strings_init(&table, b->section_count);
	for (size_t i = 1; i < b->section_count; i++)
		names[i] = strings_add(&table, b->sections[i].name);
	strings_move(&table, &b->sections[shstrndx]);
	if (!shstrndx)
		b->sections[0].size = 0;
	place_sections(b);
	b->image = must(calloc(b->size, 1));
	write_header(b, shstrndx);
	for (uint32_t i = 1; i < b->section_count; i++)
		write_section(b, i, names[i]);
	for (uint32_t i = 0; i < b->segment_count; i++)
		write_segment(b, i);
	free(names);
	*size = b->size;
	return b->image;
}
