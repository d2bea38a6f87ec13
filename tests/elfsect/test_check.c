// SPDX-License-Identifier: GPL-2.0-or-later
/* elfsect_check(): hashsect/FORMAT.md section 3, rules 3 to 5 and 8 to 14, each broken alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "sample.h"

/* ---------------------------------------------------------------------------------------------- rules 3, 4 and 5 */

static void rule_3_types(void **state)
{
	static const uint32_t unknown[] = {10,	       12,	   13,	       20,	   0x5fffffff,
					   0x60000000, 0x6fff4bff, 0x6fff4c10, 0x6ffffef4, 0x6ffffffa,
					   0x6ffffffb, 0x6ffffffc, 0x80000000, 0xffffffff};
	static const uint32_t known[] = {1,	     5,		 6,	     7,		 11,	     14,
					 15,	     16,	 19,	     0x6fff4c00, 0x6fff4c0f, 0x6ffffef5,
					 0x6ffffff9, 0x6ffffffd, 0x6fffffff, 0x70000000, 0x7fffffff};
	const struct elf_variant *v = *state;

	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		BROKEN(sample_relocatable, elf_set_section(s.b, s.comment, sh_type, unknown[i]), "unknown type");
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		SOUND(sample_relocatable, elf_set_section(s.b, s.comment, sh_type, known[i]));
	BROKEN(sample_relocatable, elf_set_section(s.b, s.comment, sh_type, 0x70000000);
	       elf_set_header(s.b, e_machine, EM_NONE), "unknown type");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.bss, sh_type, SHT_NULL), "with a size");
}

/* Away from where it was, leaving zeros there. */
static void move_comment(struct sample *s, uint64_t offset)
{
	memset(sample_section_byte(s, s->comment, 0), 0, 9);
	elf_set_section(s->b, s->comment, sh_offset, offset);
}

static void rule_4_overlaps(void **state)
{
	const struct elf_variant *v = *state;

	BROKEN(sample_relocatable, elf_set_section(s.b, s.data, sh_offset, s.b->sections[s.text].offset + 31),
	       "overlaps");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.data, sh_offset, 0), "overlaps");
	BROKEN(sample_relocatable, move_comment(&s, s.b->shoff + 20), "overlaps the section header table");
	BROKEN(sample_relocatable, move_comment(&s, 3), "overlaps the ELF header");
	BROKEN(sample_linked, move_comment(&s, s.b->phoff + 20), "overlaps the program header table");
	BROKEN(sample_linked, memset(s.b->image + s.b->phoff, 0, s.b->sections[s.text].offset - s.b->phoff);
	       elf_set_header(s.b, e_phoff, s.b->shoff), "overlaps");
}

static void rule_5_gaps(void **state)
{
	const struct elf_variant *v = *state;

	BROKEN(sample_relocatable, sample_section_byte(&s, s.data, 0)[-1] = 1, "in a gap");
	BROKEN(sample_relocatable, sample_section_byte(&s, s.text, 32)[0] = 1, "in a gap");
	BROKEN(sample_relocatable, s.b->image[s.b->size - 1] = 1, "trailing");
	BROKEN(sample_relocatable, s.b->image[s.b->size - 17] = 0x80, "trailing");
	/* What the section no longer claims is a gap. */
	BROKEN(sample_relocatable, elf_set_section(s.b, s.comment, sh_size, 8), "in a gap");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.comment, sh_type, SHT_NOBITS), "in a gap");
}

/* -------------------------------------------------------------------------------------------------- rules 8 and 9 */

static void rule_8_table(void **state)
{
	const struct elf_variant *v = *state;

	BROKEN(sample_relocatable, elf_set_section(s.b, s.comment, sh_type, SHT_SYMTAB), "second symbol table");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.symtab, sh_flags, SHF_ALLOC), "allocated symbol table");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.symtab, sh_entsize, 20), "sh_entsize");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.symtab, sh_size, 0), "in a gap");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.symtab, sh_link, s.data), "string table");
	BROKEN(sample_relocatable, *sample_section_byte(&s, s.symtab, 7) = 1, "symbol 0");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.symtab, sh_info, 0), "local symbols");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.symtab, sh_info, 1), "sh_info");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.symtab, sh_info, 3), "sh_info");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.symtab, sh_info, 5), "local symbols");
}

/* The last two bytes, which are zero then, become a gap. */
static void rule_8_size(void **state)
{
	const struct elf_variant *v = *state;

	BROKEN(sample_relocatable, elf_set_symbol(s.b, s.global, st_size, 0);
	       elf_set_symbol(s.b, s.global, st_shndx, 0);
	       elf_set_section(s.b, s.symtab, sh_size, s.b->sections[s.symtab].size - 2),
	       "does not fit a symbol table");
}

static void rule_8_symbols(void **state)
{
	const struct elf_variant *v = *state;

	BROKEN(sample_relocatable, elf_set_symbol(s.b, s.global, st_name, 0xfffff), "name lies outside");
	BROKEN(sample_relocatable, elf_set_symbol(s.b, s.global, st_info, CASE_LOCAL), "binding");
	BROKEN(sample_relocatable, elf_set_symbol(s.b, s.local, st_info, CASE_GLOBAL), "binding");
	BROKEN(sample_relocatable, elf_set_symbol(s.b, s.global, st_shndx, 99), "section does not exist");
	BROKEN(sample_relocatable, elf_set_symbol(s.b, s.global, st_shndx, 0xfeff), "section does not exist");
	BROKEN(sample_relocatable, elf_set_symbol(s.b, s.global, st_shndx, SHN_XINDEX), "SHN_XINDEX");
	BROKEN(sample_linked, elf_set_symbol(s.b, s.global, st_shndx, SHN_XINDEX), "SHN_XINDEX");
	SOUND(sample_relocatable, elf_set_symbol(s.b, s.global, st_shndx, SHN_ABS));
	SOUND(sample_relocatable, elf_set_symbol(s.b, s.global, st_shndx, 0xfffe));
	SOUND(sample_relocatable, elf_set_symbol(s.b, s.global, st_shndx, SHN_UNDEF));
}

static void set_shndx(struct sample *s, uint32_t value)
{
	store(s->b, sample_section_byte(s, s->shndx, 4 * (uint64_t)elf_builder_symbol_index(s->b, s->global)), 4,
	      value);
}

static void rule_9_extended_indices(void **state)
{
	const struct elf_variant *v = *state;

	BROKEN(sample_relocatable, elf_set_section(s.b, s.comment, sh_type, SHT_SYMTAB_SHNDX),
	       "second SHT_SYMTAB_SHNDX");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.shndx, sh_name, 0), "usual name");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.shndx, sh_flags, SHF_WRITE), "usual name and fields");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.shndx, sh_addr, 4), "usual name and fields");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.shndx, sh_info, 1), "usual name and fields");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.shndx, sh_addralign, 8), "usual name and fields");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.shndx, sh_entsize, 8), "usual name and fields");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.shndx, sh_link, s.strtab), "does not fit the symbol table");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.shndx, sh_size, 12), "does not fit the symbol table");
	BROKEN(sample_relocatable, set_shndx(&s, 1), "its symbol needs none");
	BROKEN(sample_many, set_shndx(&s, 5), "SHN_XINDEX");
	BROKEN(sample_many, set_shndx(&s, (uint32_t)s.b->section_count), "section does not exist");
}

/* ------------------------------------------------------------------------------------------------ rules 10 to 12 */

static void rule_10_relocations(void **state)
{
	const struct elf_variant *v = *state;
	const size_t word = v->class == ELFCLASS64 ? 8 : 4;

	BROKEN(sample_relocatable, elf_set_section(s.b, s.relocations, sh_entsize, 10), "relocation table");
	BROKEN(sample_relocatable,
	       elf_set_section(s.b, s.relocations, sh_type,
			       elf_builder_at(s.b, s.relocations)->type == SHT_REL ? SHT_RELA : SHT_REL),
	       "relocation table");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.relocations, sh_info, 0), "no section to relocate");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.relocations, sh_info, s.relocations),
	       "no section to relocate");
	BROKEN(sample_relocatable, memset(sample_section_byte(&s, s.relocations, word), 0x7f, word),
	       "symbol does not exist");
}

static uint64_t name_of(struct sample *s, uint32_t symbol)
{
	return elf_builder_get(s->b, elf_builder_symbol_entry(s->b, symbol), ELF_FIELD(Sym, st_name));
}

static void erase_name(struct sample *s, const char *name)
{
	memset(sample_find(s, s->strtab, name) - strlen(name), 0, strlen(name));
}

static void rule_11_string_tables(void **state)
{
	const struct elf_variant *v = *state;

	BROKEN(sample_relocatable, *sample_section_byte(&s, s.strtab, 0) = 'x', "begin and end");
	BROKEN(sample_relocatable, *sample_section_byte(&s, s.shstrtab, 0) = 'x', "begin and end");
	BROKEN(sample_relocatable, elf_set_symbol(s.b, s.global, st_name, 0), "no name uses");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.comment, sh_name, 0), "no name uses");
	BROKEN(sample_relocatable, *sample_find(&s, s.strtab, "global_") = 0, "no name uses");
	/* The end of another name is a name too, as long as the rest of that name is used. */
	BROKEN(sample_relocatable, elf_set_symbol(s.b, s.local, st_name, name_of(&s, s.local) + 1), "no name uses");
	SOUND(sample_relocatable, elf_set_symbol(s.b, 1, st_name, name_of(&s, s.local) + 1);
	      erase_name(&s, "start_kernel"));
}

static void put_group(struct sample *s, uint64_t offset, uint32_t value)
{
	store(s->b, sample_section_byte(s, s->group, offset), 4, value);
}

/* A second group for the member, made of .data. */
static void group_again(struct sample *s)
{
	elf_set_section(s->b, s->data, sh_type, SHT_GROUP);
	elf_set_section(s->b, s->data, sh_flags, 0);
	elf_set_section(s->b, s->data, sh_entsize, 4);
	elf_set_section(s->b, s->data, sh_link, s->symtab);
	store(s->b, sample_section_byte(s, s->data, 4), 4, s->member);
}

static void rule_12_groups(void **state)
{
	const struct elf_variant *v = *state;

	BROKEN(sample_relocatable, elf_set_section(s.b, s.group, sh_flags, SHF_ALLOC), "section group");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.group, sh_entsize, 8), "section group");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.group, sh_entsize, 0), "section group");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.comment, sh_type, SHT_GROUP), "section group");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.group, sh_link, s.strtab), "signature symbol");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.group, sh_info, 4), "signature symbol");
	BROKEN(sample_relocatable, put_group(&s, 4, 0), "does not exist");
	BROKEN(sample_relocatable, put_group(&s, 4, 99), "does not exist");
	BROKEN(sample_relocatable, group_again(&s), "in two groups");
}

/* ------------------------------------------------------------------------------------------------------- rule 13 */

static void rule_13_sections(void **state)
{
	const struct elf_variant *v = *state;

	/* In no PT_LOAD, at another distance, in two, partly outside. */
	BROKEN(sample_linked, elf_set_segment(s.b, 1, p_type, PT_NULL);
	       elf_set_segment(s.b, 1, p_filesz, 0), "not inside exactly one PT_LOAD");
	BROKEN(sample_linked, elf_set_section(s.b, s.data, sh_addr, 0x11004), "not inside exactly one PT_LOAD");
	BROKEN(sample_linked, elf_set_segment(s.b, 1, p_vaddr, 0x12000), "not inside exactly one PT_LOAD");
	BROKEN(sample_linked, elf_set_segment(s.b, 1, p_filesz, 7), "not inside exactly one PT_LOAD");
	BROKEN(sample_linked, elf_set_section(s.b, s.comment, sh_flags, SHF_ALLOC), "not inside exactly one PT_LOAD");
	BROKEN(sample_linked, elf_set_section(s.b, s.data, sh_flags, SHF_WRITE), "not allocated, but inside a PT_LOAD");
}

static void rule_13_loads(void **state)
{
	const struct elf_variant *v = *state;

	BROKEN(sample_linked, elf_set_segment(s.b, 1, p_offset, s.b->size + 16), "outside the file");
	BROKEN(sample_linked, elf_set_segment(s.b, 1, p_filesz, s.b->size), "outside the file");
	BROKEN(sample_linked, elf_set_segment(s.b, 1, p_memsz, 7), "p_filesz is more than p_memsz");
	BROKEN(sample_linked,
	       elf_set_segment(s.b, 0, p_filesz, s.b->sections[s.data].offset - s.b->sections[s.text].offset + 1);
	       elf_set_segment(s.b, 0, p_memsz, 0x800), "overlaps another PT_LOAD in the file");
	BROKEN(sample_linked, elf_set_segment(s.b, 1, p_paddr, 0x4010), "overlaps another PT_LOAD in physical memory");
	BROKEN(sample_linked, elf_set_segment(s.b, 2, p_type, PT_LOAD), "overlaps another PT_LOAD");
	BROKEN(sample_linked, elf_set_segment(s.b, 1, p_filesz, s.b->shoff + 1 - s.b->sections[s.data].offset);
	       elf_set_segment(s.b, 1, p_memsz, 0x4000), "section header table lies in a PT_LOAD");
	if (v->class == ELFCLASS64)
		BROKEN(sample_linked, elf_set_segment(s.b, 1, p_paddr, UINT64_MAX - 4), "overflows");
}

static void rule_13_others(void **state)
{
	const struct elf_variant *v = *state;

	BROKEN(sample_linked, elf_set_segment(s.b, 2, p_offset, s.b->sections[s.notes].offset + 4), "program header 2");
	BROKEN(sample_linked, elf_set_segment(s.b, 2, p_vaddr, 0x10044), "program header 2");
	BROKEN(sample_linked, elf_set_segment(s.b, 2, p_filesz, 0x1000), "program header 2");
	BROKEN(sample_linked, elf_set_segment(s.b, 3, p_filesz, 1), "program header 3");
	SOUND(sample_linked, elf_set_segment(s.b, 3, p_offset, UINT64_MAX));
	SOUND(sample_linked, elf_set_segment(s.b, 3, p_paddr, 7));
}

/* ------------------------------------------------------------------------------------------------------- rule 14 */

/* Two sections exchange their names. */
static void swap_names(struct sample *s, uint32_t one, uint32_t other)
{
	const uint64_t a = elf_builder_get(s->b, elf_builder_section_header(s->b, one), ELF_FIELD(Shdr, sh_name));
	const uint64_t b = elf_builder_get(s->b, elf_builder_section_header(s->b, other), ELF_FIELD(Shdr, sh_name));

	elf_set_section(s->b, one, sh_name, b);
	elf_set_section(s->b, other, sh_name, a);
}

static void rule_14_names(void **state)
{
	const struct elf_variant *v = *state;

	BROKEN(sample_relocatable, swap_names(&s, s.symtab, s.comment), "not named like one");
	BROKEN(sample_relocatable, swap_names(&s, s.strtab, s.comment), "not named like one");
	BROKEN(sample_relocatable, swap_names(&s, s.group, s.comment), "not named like one");
	BROKEN(sample_relocatable, swap_names(&s, s.relocations, s.comment), "not named like one");
	BROKEN(sample_relocatable, elf_set_section(s.b, s.bss, sh_flags, SHF_WRITE), "not allocated, but with a size");
	SOUND(sample_relocatable, swap_names(&s, s.data, s.comment));
	SOUND(sample_linked, swap_names(&s, s.symtab, s.comment));
	SOUND(sample_linked, swap_names(&s, s.strtab, s.comment));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH_VARIANT(rule_3_types),
		EACH_VARIANT(rule_4_overlaps),
		EACH_VARIANT(rule_5_gaps),
		EACH_VARIANT(rule_8_table),
		EACH_VARIANT(rule_8_size),
		EACH_VARIANT(rule_8_symbols),
		EACH_VARIANT(rule_9_extended_indices),
		EACH_VARIANT(rule_10_relocations),
		EACH_VARIANT(rule_11_string_tables),
		EACH_VARIANT(rule_12_groups),
		EACH_VARIANT(rule_13_sections),
		EACH_VARIANT(rule_13_loads),
		EACH_VARIANT(rule_13_others),
		EACH_VARIANT(rule_14_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
