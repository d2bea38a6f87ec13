// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "sample.h"
#include "elfsect_cleanup.h"

enum { BASE = 0x10000, PHYSICAL = 0x4000 };

const struct elf_variant sample_variants[4] = {
	{"32le", ELFCLASS32, ELFDATA2LSB, EM_386},
	{"32be", ELFCLASS32, ELFDATA2MSB, EM_PPC},
	{"64le", ELFCLASS64, ELFDATA2LSB, EM_X86_64},
	{"64be", ELFCLASS64, ELFDATA2MSB, EM_S390},
};

static void finish(struct sample *s)
{
	size_t size;

	elf_builder_finish(s->b, &size);
	s->symtab = s->b->symtab;
	s->strtab = elf_builder_find(s->b, ".strtab");
	s->shstrtab = elf_builder_find(s->b, ".shstrtab");
}

static void add_group(struct sample *s)
{
	s->member =
		elf_builder_section(s->b, ".text.inlined", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, "inlined", 8, 1);
	s->group = elf_builder_group(s->b, s->global, GRP_COMDAT, &s->member, 1);
}

struct sample sample_relocatable(const struct elf_variant *v)
{
	struct sample s = {.b = elf_builder_new(v->class, v->data, ET_REL, v->machine)};

	s.text = case_text(s.b);
	s.data = elf_builder_section(s.b, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, "abcdefgh", 8, 8);
	elf_builder_at(s.b, s.data)->gap = 40;
	s.bss = elf_builder_section(s.b, ".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, NULL, 0x100, 8);
	s.local = elf_builder_symbol(s.b, "local_one", CASE_LOCAL, 0, s.data, 4, 0);
	s.global = elf_builder_symbol(s.b, "global_one", CASE_GLOBAL, 0, s.data, 0, 8);
	add_group(&s);
	s.relocations = elf_builder_relocation(s.b, s.text, 4, 2, s.global, -4);
	elf_builder_relocation(s.b, s.text, 12, 2, s.local, 0);
	s.comment = elf_builder_section(s.b, ".comment", SHT_PROGBITS, 0, "hand made", 9, 1);
	/* The null symbol, start_kernel and these two. */
	s.shndx = elf_builder_section(s.b, ".symtab_shndx", SHT_SYMTAB_SHNDX, 0, NULL, (uint64_t)4 * 4, 4);
	elf_builder_at(s.b, s.shndx)->entsize = 4;
	elf_builder_trailing(s.b, 17);
	finish(&s);
	elf_set_section(s.b, s.shndx, sh_link, s.symtab);
	return s;
}

struct sample sample_linked(const struct elf_variant *v)
{
	struct sample s = {.b = elf_builder_new(v->class, v->data, ET_EXEC, v->machine)};

	s.text = case_text(s.b);
	s.notes = elf_builder_section(s.b, ".notes", SHT_NOTE, SHF_ALLOC, NULL, 0, 4);
	elf_builder_note(s.b, s.notes, "Linux", 0x101, "6.12", 4);
	s.data = elf_builder_section(s.b, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, "abcdefgh", 8, 8);
	s.bss = elf_builder_section(s.b, ".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, NULL, 0x100, 8);
	s.comment = elf_builder_section(s.b, ".comment", SHT_PROGBITS, 0, "hand made", 9, 1);
	s.global = elf_builder_symbol(s.b, "global_one", CASE_GLOBAL, 0, s.data, BASE + 0x1000, 8);
	elf_builder_at(s.b, s.text)->addr = BASE;
	elf_builder_at(s.b, s.notes)->addr = BASE + 0x40;
	elf_builder_at(s.b, s.data)->addr = BASE + 0x1000;
	elf_builder_at(s.b, s.bss)->addr = BASE + 0x1040;
	elf_builder_segment(s.b, PT_LOAD, PF_R | PF_X, s.text, s.notes, PHYSICAL);
	elf_builder_segment(s.b, PT_LOAD, PF_R | PF_W, s.data, s.bss, PHYSICAL + 0x1000);
	elf_builder_segment(s.b, PT_NOTE, PF_R, s.notes, s.notes, PHYSICAL + 0x40);
	elf_builder_segment(s.b, PT_GNU_STACK, PF_R | PF_W, 0, 0, 0);
	finish(&s);
	return s;
}

struct sample sample_many(const struct elf_variant *v)
{
	struct sample s = {.b = elf_builder_new(v->class, v->data, ET_REL, v->machine)};

	for (unsigned int i = 0; i < SHN_LORESERVE; i++)
		elf_builder_section(s.b, ".empty", SHT_PROGBITS, SHF_ALLOC, NULL, 0, 1);
	s.text = case_text(s.b);
	s.global = elf_builder_symbol(s.b, "global_one", CASE_GLOBAL, 0, s.text, 0, 8);
	finish(&s);
	s.shndx = elf_builder_find(s.b, ".symtab_shndx");
	return s;
}

static int check(const struct sample *s, struct elfsect_error *error)
{
	elfsect_autoview struct elfsect_view *view = NULL;
	int ret;

	ret = elfsect_view_of_memory(s->b->image, s->b->size, "sample", &view, error);
	if (!ret)
		ret = elfsect_check(view, ELFSECT_CHECK_RELOCATIONS, error);
	return ret;
}

void sample_refused(struct sample *s, const char *change, const char *word)
{
	struct elfsect_error error = {""};
	const int ret = check(s, &error);

	if (ret != -ENOEXEC || !strstr(error.message, word) || strncmp(error.message, "sample: ", 8) != 0)
		fail_msg("%s: expected \"%s\", got %d: %s", change, word, ret, error.message);
	elf_builder_free(s->b);
	s->b = NULL;
}

void sample_accepted(struct sample *s, const char *change)
{
	struct elfsect_error error = {""};

	if (check(s, &error))
		fail_msg("%s: refused: %s", change, error.message);
	elf_builder_free(s->b);
	s->b = NULL;
}

uint8_t *sample_section_byte(struct sample *s, uint32_t section, uint64_t offset)
{
	return s->b->image + s->b->sections[section].offset + offset;
}

uint8_t *sample_find(struct sample *s, uint32_t section, const char *text)
{
	uint8_t *found = memmem(sample_section_byte(s, section, 0), s->b->sections[section].size, text, strlen(text));

	assert_non_null(found);
	return found + strlen(text);
}
