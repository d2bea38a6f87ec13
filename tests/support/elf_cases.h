/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The generated ELF files that golden vectors and properties are about. */
#ifndef ELF_CASES_H
#define ELF_CASES_H

#include <stdbool.h>

#include "elf_builder.h"

/**
 * struct elf_case - one kind of file
 * @name: without the variant
 * @type: ET_*
 * @machine: EM_*, or 0 for the variant's own
 * @only64: the 32-bit variants make no sense
 * @large: too large to try every bit
 * @policy: "linux" or "strict", under which it has a digest
 * @build: fills the builder
 */
struct elf_case {
	const char *name;
	uint16_t type;
	uint16_t machine;
	bool only64;
	bool large;
	const char *policy;
	void (*build)(struct elf_builder *b);
};

/** struct elf_variant - class and byte order, and a machine that has them */
struct elf_variant {
	const char *name;
	uint8_t class;
	uint8_t data;
	uint16_t machine;
};

/** elf_cases_plain, elf_cases_keyring, elf_cases_linked - each ends with an entry without a name */
extern const struct elf_case elf_cases_plain[];
extern const struct elf_case elf_cases_keyring[];
extern const struct elf_case elf_cases_linked[];

/** elf_cases_each() - call @visit for every case in every variant that it has; a result other than 0 ends it */
int elf_cases_each(int (*visit)(const struct elf_case *c, const struct elf_variant *v, void *context), void *context);

/** elf_case_name() - "NAME-64le" and so on */
void elf_case_name(const struct elf_case *c, const struct elf_variant *v, char *name, size_t room);

/** elf_case_build() - the finished file; release it with elf_builder_free() */
struct elf_builder *elf_case_build(const struct elf_case *c, const struct elf_variant *v, uint8_t **image,
				   size_t *size);

/** elf_case_build_stripped() - the same without its symbol table */
struct elf_builder *elf_case_build_stripped(const struct elf_case *c, const struct elf_variant *v, uint8_t **image,
					    size_t *size);

/** elf_case_begin() - the case before it is laid out, to add something to it */
struct elf_builder *elf_case_begin(const struct elf_case *c, const struct elf_variant *v);

/* What cases have in common. */
enum {
	CASE_LOCAL = ELF64_ST_INFO(STB_LOCAL, STT_NOTYPE),
	CASE_GLOBAL = ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE),
	CASE_FUNCTION = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
	CASE_SECTION = ELF64_ST_INFO(STB_LOCAL, STT_SECTION)
};

/** case_text() - a .text of 32 bytes with a function in it */
uint32_t case_text(struct elf_builder *b);

/** case_word_size() - 4 or 8 */
unsigned int case_word_size(const struct elf_builder *b);

#endif
