/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A sound file with a bit of everything, to break in one place and see it refused. */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "elf_builder_internal.h"
#include "elf_cases.h"

/** struct sample - a finished file; section indices and symbol handles of what is in it */
struct sample {
	struct elf_builder *b;
	uint32_t text;
	uint32_t data;
	uint32_t bss;
	uint32_t member;
	uint32_t group;
	uint32_t notes;
	uint32_t comment;
	uint32_t relocations;
	uint32_t symtab;
	uint32_t shndx;
	uint32_t strtab;
	uint32_t shstrtab;
	uint32_t local;
	uint32_t global;
};

typedef struct sample (*sample_maker)(const struct elf_variant *v);

/** sample_relocatable() - sections, symbols, relocations, a group, an empty SHT_SYMTAB_SHNDX, a gap, trailing zeros */
struct sample sample_relocatable(const struct elf_variant *v);

/** sample_linked() - two PT_LOADs (program headers 0 and 1), PT_NOTE (2), PT_GNU_STACK (3) */
struct sample sample_linked(const struct elf_variant *v);

/** sample_many() - more sections than 16 bits can number; @text and @global lie above */
struct sample sample_many(const struct elf_variant *v);

/** sample_refused() - fail the test unless the file is refused with @word in the message; frees the sample */
void sample_refused(struct sample *s, const char *change, const char *word);

/** sample_accepted() - fail the test unless the file passes; frees the sample */
void sample_accepted(struct sample *s, const char *change);

/** sample_section_byte() - a byte of a section in the image */
uint8_t *sample_section_byte(struct sample *s, uint32_t section, uint64_t offset);

/** sample_find() - the byte after @text in a section of the image, to change it */
uint8_t *sample_find(struct sample *s, uint32_t section, const char *text);

/** BROKEN() - make a sample s for variant v, do @change, expect a refusal that contains @word */
#define BROKEN(maker, change, word)                                                                                    \
	do {                                                                                                           \
		struct sample s = (maker)(v);                                                                          \
		change;                                                                                                \
		sample_refused(&s, #change, word);                                                                     \
	} while (0)

/** SOUND() - likewise, but the file must still pass */
#define SOUND(maker, change)                                                                                           \
	do {                                                                                                           \
		struct sample s = (maker)(v);                                                                          \
		change;                                                                                                \
		sample_accepted(&s, #change);                                                                          \
	} while (0)

extern const struct elf_variant sample_variants[4];

/** EACH_VARIANT() - a test in all classes and byte orders, for a struct CMUnitTest array; *state is the variant */
#define EACH_VARIANT(test)                                                                                             \
	cmocka_unit_test_prestate(test, (void *)(uintptr_t)&sample_variants[0]),                                       \
		cmocka_unit_test_prestate(test, (void *)(uintptr_t)&sample_variants[1]),                               \
		cmocka_unit_test_prestate(test, (void *)(uintptr_t)&sample_variants[2]),                               \
		cmocka_unit_test_prestate(test, (void *)(uintptr_t)&sample_variants[3])

#endif
