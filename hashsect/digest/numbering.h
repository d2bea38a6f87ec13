/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Canonical numbers of sections and symbols: FORMAT.md section 4. */
#ifndef HASHSECT_NUMBERS_H
#define HASHSECT_NUMBERS_H

#include <elf.h>

#include "digest/resolution.h"

enum {
	NUMBER_OUT_OF_SCOPE = 0xfffffeff,  /* a section that the digest does not cover; below all reserved numbers */
	NUMBER_FORBIDDEN = UINT32_MAX,	   /* a symbol that no relocation may name */
	NUMBER_POLICY_SYMBOL = 0x80000000, /* plus its position in the policy */
};

struct numbers {
	enum hashsect_scope scope;
	uint32_t *sections;	/* by index in the file; NUMBER_OUT_OF_SCOPE where there is none */
	uint32_t *symbols;	/* by index in the file */
	uint8_t *counted;	/* bit by symbol index: the symbol has a record */
	uint8_t *addressed;	/* bit by section index: a symbol that a reader may use is defined there */
	uint32_t section_count; /* sections in scope: numbers 1 to section_count */
	uint32_t local_symbols; /* counted symbols that are local */
};

int numbers_make(const struct resolution *resolution, enum hashsect_scope scope, struct numbers *numbers,
		 struct elfsect_error *error);
void numbers_clear(struct numbers *numbers);

/*
 * An empty section of a relocatable file that is not allocated: ld 2.44 gives it an address that depends on the length
 * of what it put in front of it.
 */
static inline bool address_is_of_nothing(const struct resolution *resolution, const struct elfsect_section *section)
{
	return elfsect_is_relocatable(resolution->view) && !section->size && !(section->flags & SHF_ALLOC);
}

static inline bool section_in_scope(const struct numbers *numbers, uint32_t index)
{
	return numbers->sections[index] != NUMBER_OUT_OF_SCOPE;
}

static inline bool section_is_addressed(const struct numbers *numbers, uint32_t index)
{
	return numbers->addressed[index / 8] & (1u << (index % 8));
}

static inline bool symbol_is_counted(const struct numbers *numbers, uint32_t index)
{
	return numbers->counted[index / 8] & (1u << (index % 8));
}

#endif
