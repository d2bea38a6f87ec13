/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes ELF files in memory: both classes and byte orders, relocatable and linked, any number of sections.
 *
 *	struct elf_builder *b = elf_builder_new(ELFCLASS64, ELFDATA2LSB, ET_REL, EM_X86_64);
 *	uint32_t text = elf_builder_section(b, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, code, sizeof(code),
 *16); uint32_t main_ = elf_builder_symbol(b, "main", ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), 0, text, 0, sizeof(code));
 *
 *	elf_builder_relocation(b, text, 1, R_X86_64_PLT32, main_, -4);
 *	image = elf_builder_finish(b, &size);
 *	elf_builder_free(b);
 *
 * What it makes passes elfsect_check(). To break it, change fields of the finished image: elf_set_section(b, text,
 *sh_link, 99). Running out of memory aborts: this is for tests.
 */
#ifndef ELF_BUILDER_H
#define ELF_BUILDER_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

struct elf_builder;

/**
 * struct elf_builder_section - what can be chosen of a section before elf_builder_finish()
 * @gap: zero bytes to leave before it, on top of its alignment
 *
 * The builder sets link of relocation sections and groups, and entsize and info where it made the section.
 */
struct elf_builder_section {
	char *name;
	uint32_t type;
	uint32_t link;
	uint32_t info;
	uint64_t flags;
	uint64_t addr;
	uint64_t offset;
	uint64_t size;
	uint64_t align;
	uint64_t entsize;
	uint64_t gap;
	uint8_t *bytes;	      /* owned; NULL for NOBITS */
	uint32_t signature;   /* of a group: its symbol */
	uint32_t relocations; /* index of the section with those of this one, or 0 */
};

/** elf_builder_new() - @class ELFCLASS*, @data ELFDATA2*, @type ET_*, @machine EM_*; relocations are REL where the
 * machine has them */
struct elf_builder *elf_builder_new(uint8_t class, uint8_t data, uint16_t type, uint16_t machine);

/** elf_builder_free() - release it with the image; NULL is allowed */
void elf_builder_free(struct elf_builder *b);

/** elf_builder_use_relocations() - SHT_REL or SHT_RELA for the relocations that come */
void elf_builder_use_relocations(struct elf_builder *b, uint32_t type);

/** elf_builder_trailing() - this many zero bytes at the end of the file */
void elf_builder_trailing(struct elf_builder *b, uint64_t size);

/** elf_builder_symbol_table() - have a symbol table even if there is no symbol */
void elf_builder_symbol_table(struct elf_builder *b);

/**
 * elf_builder_strip() - leave the symbol table out, as strip does
 *
 * Sections of relocations that need it stay, empty and without a meaning.
 */
void elf_builder_strip(struct elf_builder *b);

/** elf_builder_section() - append a section; @bytes are copied, NULL means zeros. Return: its index */
uint32_t elf_builder_section(struct elf_builder *b, const char *name, uint32_t type, uint64_t flags, const void *bytes,
			     uint64_t size, uint64_t align);

/** elf_builder_at() - the section of an index, to change it before elf_builder_finish(); valid until the next one is
 * added */
struct elf_builder_section *elf_builder_at(struct elf_builder *b, uint32_t index);

/** elf_builder_find() - index of the first section of this name; after elf_builder_finish() .symtab and the like too */
uint32_t elf_builder_find(const struct elf_builder *b, const char *name);

/** ELF_RESERVED() - a reserved st_shndx such as SHN_ABS in place of a section */
#define ELF_RESERVED(shndx) (0x80000000u | (shndx))

/**
 * elf_builder_symbol() - add a symbol; local ones come first in the file, otherwise the order stays
 * @section: index, SHN_UNDEF or ELF_RESERVED()
 *
 * Return: a handle, which is not the symbol's index.
 */
uint32_t elf_builder_symbol(struct elf_builder *b, const char *name, uint8_t info, uint8_t other, uint32_t section,
			    uint64_t value, uint64_t size);

/** elf_builder_symbol_index() - where a symbol is in the table; after elf_builder_finish() */
uint32_t elf_builder_symbol_index(const struct elf_builder *b, uint32_t symbol);

/** elf_builder_relocation() - add one to the section for @target, made at need. Return: that section's index */
uint32_t elf_builder_relocation(struct elf_builder *b, uint32_t target, uint64_t offset, uint32_t type, uint32_t symbol,
				int64_t addend);

/** elf_builder_group() - a SHT_GROUP section; members get SHF_GROUP. Return: its index */
uint32_t elf_builder_group(struct elf_builder *b, uint32_t signature, uint32_t flags, const uint32_t *members,
			   uint32_t count);

/** elf_builder_note() - append a note to a SHT_NOTE section, in its alignment (4 or 8) */
void elf_builder_note(struct elf_builder *b, uint32_t section, const char *owner, uint32_t type, const void *descriptor,
		      uint32_t size);

/**
 * elf_builder_segment() - a program header over the sections @first to @last
 *
 * Offsets and sizes follow from the sections: in a PT_LOAD they lie at the distances that their addresses have.
 * @first 0: no file range.
 */
uint32_t elf_builder_segment(struct elf_builder *b, uint32_t type, uint32_t flags, uint32_t first, uint32_t last,
			     uint64_t paddr);

/** elf_builder_put() - write an integer of the target's byte order into a section's content */
void elf_builder_put(struct elf_builder *b, uint32_t section, uint64_t offset, unsigned int width, uint64_t value);

/** elf_builder_finish() - lay the file out, once; the image is the builder's and may be changed */
uint8_t *elf_builder_finish(struct elf_builder *b, size_t *size);

/* -------------------------------------------------------------------------------- changing the finished image */

/** struct elf_field - where a field is in a record, by class */
struct elf_field {
	size_t offset32, width32, offset64, width64;
};

#define ELF_FIELD(record, member)                                                                                      \
	((struct elf_field){offsetof(Elf32_##record, member), sizeof(((Elf32_##record *)0)->member),                   \
			    offsetof(Elf64_##record, member), sizeof(((Elf64_##record *)0)->member)})

/** elf_builder_set() - write a field of the record at this offset of the image */
void elf_builder_set(struct elf_builder *b, uint64_t record, struct elf_field field, uint64_t value);

/** elf_builder_get() - read one */
uint64_t elf_builder_get(const struct elf_builder *b, uint64_t record, struct elf_field field);

/* Offsets in the image. */
uint64_t elf_builder_section_header(const struct elf_builder *b, uint32_t index);
uint64_t elf_builder_program_header(const struct elf_builder *b, uint32_t index);
uint64_t elf_builder_symbol_entry(const struct elf_builder *b, uint32_t symbol);

#define elf_set_header(b, member, value) elf_builder_set(b, 0, ELF_FIELD(Ehdr, member), value)
#define elf_set_section(b, index, member, value)                                                                       \
	elf_builder_set(b, elf_builder_section_header(b, index), ELF_FIELD(Shdr, member), value)
#define elf_set_segment(b, index, member, value)                                                                       \
	elf_builder_set(b, elf_builder_program_header(b, index), ELF_FIELD(Phdr, member), value)
#define elf_set_symbol(b, symbol, member, value)                                                                       \
	elf_builder_set(b, elf_builder_symbol_entry(b, symbol), ELF_FIELD(Sym, member), value)

#endif
