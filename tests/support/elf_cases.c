// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "elf_builder_internal.h"
#include "elf_cases.h"

static const struct elf_variant variants[] = {
	{"32le", ELFCLASS32, ELFDATA2LSB, EM_386},
	{"32be", ELFCLASS32, ELFDATA2MSB, EM_PPC},
	{"64le", ELFCLASS64, ELFDATA2LSB, EM_X86_64},
	{"64be", ELFCLASS64, ELFDATA2MSB, EM_S390},
};

static const struct elf_case *const tables[] = {elf_cases_plain, elf_cases_keyring, elf_cases_linked};

int elf_cases_each(int (*visit)(const struct elf_case *c, const struct elf_variant *v, void *context), void *context)
{
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
		for (const struct elf_case *c = tables[t]; c->name; c++) {
			for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
				int ret;

				if (c->only64 && variants[i].class == ELFCLASS32)
					continue;
				ret = visit(c, &variants[i], context);
				if (ret)
					return ret;
			}
		}
	}
	return 0;
}

void elf_case_name(const struct elf_case *c, const struct elf_variant *v, char *name, size_t room)
{
	snprintf(name, room, "%s-%s", c->name, v->name);
}

struct elf_builder *elf_case_begin(const struct elf_case *c, const struct elf_variant *v)
{
	struct elf_builder *b = elf_builder_new(v->class, v->data, c->type, c->machine ? c->machine : v->machine);

	c->build(b);
	return b;
}

struct elf_builder *elf_case_build(const struct elf_case *c, const struct elf_variant *v, uint8_t **image, size_t *size)
{
	struct elf_builder *b = elf_case_begin(c, v);

	*image = elf_builder_finish(b, size);
	return b;
}

struct elf_builder *elf_case_build_stripped(const struct elf_case *c, const struct elf_variant *v, uint8_t **image,
					    size_t *size)
{
	struct elf_builder *b = elf_case_begin(c, v);

	elf_builder_strip(b);
	*image = elf_builder_finish(b, size);
	return b;
}

uint32_t case_text(struct elf_builder *b)
{
	static const uint8_t code[32] = "this stands for the kernel code";
	const uint32_t text =
		elf_builder_section(b, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, code, sizeof(code), 16);

	elf_builder_symbol(b, "start_kernel", CASE_FUNCTION, 0, text, 0, sizeof(code));
	return text;
}

unsigned int case_word_size(const struct elf_builder *b)
{
	return is_64(b) ? 8 : 4;
}
