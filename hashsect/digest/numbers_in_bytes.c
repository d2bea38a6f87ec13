// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Sections whose bytes may hold numbers of sections or symbols. The digest has these bytes as they are, so they mean
 * the same in two files only where nothing is numbered anew. What a type holds is known of the types below.
 */
#include "digest/numbers_in_bytes.h"

#include <elf.h>
#include <errno.h>
#include <stddef.h>

#include "base/error.h"

enum {
	LLVM_BB_ADDR_MAP_OLD = 0x6fff4c08,
	LLVM_BB_ADDR_MAP = 0x6fff4c0a,
	GNU_SFRAME = 0x6ffffff4,
};

/* What numbers a section needs to be those of the file. */
enum need { NEEDS_NOTHING, NEEDS_DYNAMIC_SYMBOLS, NEEDS_SECTIONS, NEEDS_ALL };

static enum need need_of_type(uint32_t type)
{
	switch (type) {
	case SHT_PROGBITS:
	case SHT_STRTAB:
	case SHT_DYNAMIC:
	case SHT_NOTE:
	case SHT_INIT_ARRAY:
	case SHT_FINI_ARRAY:
	case SHT_PREINIT_ARRAY:
	case SHT_RELR:
	case LLVM_BB_ADDR_MAP_OLD:
	case LLVM_BB_ADDR_MAP:
	case GNU_SFRAME:
	case SHT_GNU_ATTRIBUTES:
	case SHT_GNU_verdef:
	case SHT_GNU_verneed:
		return NEEDS_NOTHING;
	case SHT_RELA:
	case SHT_HASH:
	case SHT_REL:
	case SHT_GNU_HASH:
	case SHT_GNU_versym:
		return NEEDS_DYNAMIC_SYMBOLS;
	case SHT_DYNSYM:
		return NEEDS_SECTIONS;
	}
	return NEEDS_ALL;
}

/* Types of processors that hold no numbers, or none that anybody reads: unwind tables, attributes, flags. */
static const struct {
	uint16_t machine;
	uint32_t type;
} processor_types[] = {
	{EM_PARISC, 0x70000001}, {EM_ARM, 0x70000001},	   {EM_ARM, 0x70000003},   {EM_IA_64, 0x70000001},
	{EM_X86_64, 0x70000001}, {EM_AARCH64, 0x70000003}, {EM_RISCV, 0x70000003}, {EM_MIPS, 0x70000006},
	{EM_MIPS, 0x7000000d},	 {EM_MIPS, 0x7000001e},	   {EM_MIPS, 0x7000002a},
};

static bool is_free_on(uint16_t machine, uint32_t type)
{
	for (size_t i = 0; i < sizeof(processor_types) / sizeof(processor_types[0]); i++)
		if (processor_types[i].machine == machine && processor_types[i].type == type)
			return true;
	return false;
}

struct inquiry {
	const struct resolution *r;
	const struct numbers *n;
	const struct elfsect_section *sections;
	uint32_t section_count;
	struct elfsect_error *error;
	bool sections_kept, symbols_kept; /* what is in scope, or counted, has the numbers of the file */
};

static enum need need_of(const struct inquiry *q, const struct elfsect_section *s)
{
	const struct elfsect_section *symtab = elfsect_view_symtab(q->r->view);
	const enum need need = need_of_type(s->type);

	if (symtab && s->link == symtab->index)
		return NEEDS_ALL;
	if (need == NEEDS_DYNAMIC_SYMBOLS)
		return !s->link || q->sections[s->link].type == SHT_DYNSYM ? NEEDS_NOTHING : NEEDS_ALL;
	return is_free_on(elfsect_view_header(q->r->view)->machine, s->type) ? NEEDS_NOTHING : need;
}

/* The content is made anew, from canonical numbers. */
static bool is_renumbered(const struct inquiry *q, const struct elfsect_section *s)
{
	return s->type == SHT_SYMTAB || s->type == SHT_GROUP || elfsect_relocations_are_symbolic(q->r->view, s) ||
	       elfsect_section_is_name_table(q->r->view, s);
}

static int refuse(const struct inquiry *q, const struct elfsect_section *s, const char *reason)
{
	return failure(q->error, EBADMSG, "%s: section %u (%s): type 0x%x: %s", elfsect_view_name(q->r->view), s->index,
		       s->name, s->type, reason);
}

/* Sections that symbols of the dynamic loader are in. Where others went, as in kernels without relocations, they stay.
 */
static int check_dynamic_symbols(const struct inquiry *q, const struct elfsect_section *s)
{
	const bool wide = elfsect_view_header(q->r->view)->elf_class == ELFCLASS64;
	const uint64_t entsize = wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	const size_t place = wide ? offsetof(Elf64_Sym, st_shndx) : offsetof(Elf32_Sym, st_shndx);
	const uint8_t *bytes = elfsect_section_bytes(q->r->view, s);

	if (s->entsize != entsize || s->size % entsize)
		return refuse(q, s, "size or sh_entsize does not fit a symbol table");
	for (uint64_t at = 0; at < s->size; at += entsize) {
		const uint32_t index = (uint32_t)elfsect_load(q->r->view, bytes + at + place, 2);

		if (!index || index >= SHN_LORESERVE)
			continue;
		if (index >= q->section_count || q->n->sections[index] != index)
			return refuse(q, s, "it has the number of a section that is numbered anew, or not in scope");
	}
	return 0;
}

static int check_section(const struct inquiry *q, const struct elfsect_section *s)
{
	switch (need_of(q, s)) {
	case NEEDS_SECTIONS:
		return q->sections_kept ? 0 : check_dynamic_symbols(q, s);
	case NEEDS_ALL:
		return q->sections_kept && q->symbols_kept
			       ? 0
			       : refuse(q, s, "it may hold numbers of sections or symbols, which are numbered anew");
	default:
		return 0;
	}
}

int numbers_in_bytes_check(const struct resolution *r, const struct numbers *n, struct elfsect_error *error)
{
	struct inquiry q = {.r = r, .n = n, .error = error, .sections_kept = true, .symbols_kept = true};
	int ret = 0;

	q.sections = elfsect_view_sections(r->view, &q.section_count);
	for (uint32_t i = 1; i < q.section_count; i++)
		q.sections_kept &= !section_in_scope(n, i) || n->sections[i] == i;
	for (uint32_t i = 1, count = elfsect_symbol_count(r->view); i < count; i++)
		q.symbols_kept &= n->symbols[i] == i && symbol_is_counted(n, i);
	for (uint32_t i = 1; i < q.section_count && !ret; i++) {
		const struct elfsect_section *s = &q.sections[i];

		if (section_in_scope(n, i) && elfsect_section_has_extent(s) && !is_renumbered(&q, s))
			ret = check_section(&q, s);
	}
	return ret;
}
