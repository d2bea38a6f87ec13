// SPDX-License-Identifier: GPL-2.0-or-later
/* elfsect_plan_remove(), elfsect_plan_rename() and elfsect_plan_clear(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "edited.h"
#include "sample.h"

/* .gone stands between other sections, so that everything behind it gets another number. */
struct file {
	struct elf_builder *b;
	uint32_t text;
	uint32_t gone;
	uint32_t data;
	uint32_t gone_symbol;
	uint32_t gone_local;
	uint32_t used;
	uint32_t local;
	uint32_t wish;
};

static struct file make(const struct elf_variant *v)
{
	struct file f = {.b = elf_builder_new(v->class, v->data, ET_REL, v->machine)};

	f.text = case_text(f.b);
	f.gone = elf_builder_section(f.b, ".gone", SHT_PROGBITS, SHF_ALLOC, "0123456789abcdef", 16, 8);
	f.data = elf_builder_section(f.b, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, NULL, 64, 8);
	f.gone_symbol = elf_builder_symbol(f.b, "", CASE_SECTION, 0, f.gone, 0, 0);
	f.gone_local = elf_builder_symbol(f.b, "gone_local", CASE_LOCAL, 0, f.gone, 4, 0);
	f.local = elf_builder_symbol(f.b, "local", CASE_LOCAL, 0, f.data, 8, 0);
	f.used = elf_builder_symbol(f.b, "used", ELF64_ST_INFO(STB_WEAK, STT_OBJECT), STV_HIDDEN, f.gone, 8, 8);
	elf_builder_symbol(f.b, "unused", CASE_GLOBAL, 0, f.gone, 0, 0);
	elf_builder_symbol(f.b, "ends_in_local", CASE_GLOBAL, 0, f.data, 0, 0);
	elf_builder_relocation(f.b, f.gone, 0, absolute_type(v), f.local, 0);
	elf_builder_relocation(f.b, f.data, 0, absolute_type(v), f.used, 0);
	elf_builder_relocation(f.b, f.data, 4, absolute_type(v), f.local, 0);
	elf_builder_relocation(f.b, f.gone, 4, absolute_type(v),
			       elf_builder_symbol(f.b, "wish", CASE_GLOBAL, 0, 0, 0, 0), 0);
	f.wish = elf_builder_symbol(f.b, "wish_of_both", CASE_GLOBAL, 0, 0, 0, 0);
	elf_builder_relocation(f.b, f.gone, 12, absolute_type(v), f.wish, 0);
	elf_builder_relocation(f.b, f.data, 16, absolute_type(v), f.wish, 0);
	elf_builder_symbol(f.b, "wish_of_nobody", CASE_GLOBAL, 0, 0, 0, 0);
	elf_builder_group(f.b, elf_builder_symbol(f.b, "group", CASE_GLOBAL, 0, f.data, 0, 0), GRP_COMDAT, &f.data, 1);
	return f;
}

static void remove_ok(struct edited *e, const char *section)
{
	struct elfsect_error error = {""};

	if (elfsect_plan_remove(e->view, section, &e->plan, &error))
		fail_msg("%s", error.message);
	edited_apply(e, section);
}

static void numbers_follow(void **state)
{
	struct file f = make(*state);
	const struct elfsect_section *data, *relocations, *group;
	struct elfsect_relocation r;
	struct elfsect_symbol used;
	uint32_t count, before, local, used_index;
	struct edited e;

	edited_start(&e, f.b);
	remove_ok(&e, ".gone");
	elfsect_view_sections(e.view, &before);
	elfsect_view_sections(e.result, &count);
	assert_int_equal(count, before - 2);
	data = section_of(e.result, ".data");
	assert_int_equal(data->index, f.data - 1);
	assert_int_equal(find_symbol(e.result, "local", &local).section, data->index);
	used = find_symbol(e.result, "used", &used_index);
	assert_int_equal(used.shndx, SHN_UNDEF);
	assert_int_equal(used.info, ELF64_ST_INFO(STB_WEAK, STT_NOTYPE));
	assert_int_equal(used.other, STV_HIDDEN);
	assert_int_equal(used.value | used.size, 0);
	assert_false(has_symbol(e.result, "unused"));
	assert_false(has_symbol(e.result, "gone_local"));
	assert_false(has_symbol(e.result, "wish"));
	assert_true(has_symbol(e.result, "wish_of_both"));
	assert_true(has_symbol(e.result, "wish_of_nobody"));
	relocations = section_of(e.result,
				 ((const struct elf_variant *)*state)->machine == EM_386 ? ".rel.data" : ".rela.data");
	assert_int_equal(relocations->info, data->index);
	r = elfsect_relocation_get(e.result, relocations, 0);
	assert_int_equal(r.symbol, used_index);
	r = elfsect_relocation_get(e.result, relocations, 1);
	assert_int_equal(r.symbol, local);
	group = section_of(e.result, ".group");
	assert_int_equal(elfsect_load(e.result, elfsect_section_bytes(e.result, group) + 4, 4), data->index);
	assert_string_equal(elfsect_symbol_get(e.result, group->info).name, "group");
	edited_end(&e);
}

static void refused(struct file *f, const char *section, int code, const char *word)
{
	struct elfsect_error error;
	struct edited e;

	edited_start(&e, f->b);
	expect_refusal(elfsect_plan_remove(e.view, section, &e.plan, &error), code, &error, word);
	edited_end(&e);
}

static void refuse_removal(void **state)
{
	const struct elf_variant *v = *state;
	const char *name = v->machine == EM_386 ? ".rel.data" : ".rela.data";
	struct file f = make(v);

	refused(&f, ".data", EBUSY, "refers to the section");
	f = make(v);
	refused(&f, ".symtab", EINVAL, "symbol and string tables");
	f = make(v);
	refused(&f, ".shstrtab", EINVAL, "symbol and string tables");
	f = make(v);
	refused(&f, ".group", EINVAL, "group");
	f = make(v);
	refused(&f, name, EINVAL, "relocations go with");
	f = make(v);
	refused(&f, ".nothing", ENOENT, "no section");
	f = make(v);
	elf_builder_relocation(f.b, f.data, 8, absolute_type(v), f.gone_local, 0);
	refused(&f, ".gone", EBUSY, "refers to gone_local");
	f = make(v);
	elf_builder_relocation(f.b, f.data, 8, absolute_type(v), f.gone_symbol, 4);
	refused(&f, ".gone", EBUSY, "refers to .gone");
}

/* A table of symbol numbers whose form is not known. */
static void refuse_renumbering(void **state)
{
	struct file f = make(*state);
	uint32_t section;
	uint8_t *image;
	size_t size;
	struct elfsect_error error;
	struct edited e;

	section = elf_builder_section(f.b, ".llvm_addrsig", 0x6fff4c03, 0, "\1", 1, 1);
	image = elf_builder_finish(f.b, &size);
	elf_set_section(f.b, section, sh_link, elf_builder_find(f.b, ".symtab"));
	e = (struct edited){.builder = f.b};
	assert_int_equal(elfsect_view_of_memory(image, size, "sample", &e.view, &error), 0);
	expect_refusal(elfsect_plan_remove(e.view, ".gone", &e.plan, &error), EINVAL, &error, "cannot be renumbered");
	edited_end(&e);
}

static void rename_follows(void **state)
{
	const struct elf_variant *v = *state;
	const bool rel = v->machine == EM_386;
	struct file f = make(v);
	struct elfsect_error error;
	struct edited e;

	edited_start(&e, f.b);
	assert_int_equal(elfsect_plan_rename(e.view, ".data", ".data.other", &e.plan, &error), 0);
	edited_apply(&e, ".data");
	assert_int_equal(section_of(e.result, ".data.other")->index, f.data);
	assert_int_equal(section_of(e.result, rel ? ".rel.data.other" : ".rela.data.other")->info, f.data);
	/* Shorter names leave nothing behind, and the first name comes back. */
	edited_next(&e);
	assert_int_equal(elfsect_plan_rename(e.view, ".data.other", ".data", &e.plan, &error), 0);
	edited_apply(&e, ".data.other");
	assert_int_equal(section_of(e.result, ".data")->index, f.data);
	edited_next(&e);
	expect_refusal(elfsect_plan_rename(e.view, ".data", ".gone", &e.plan, &error), EEXIST, &error, "already");
	expect_refusal(elfsect_plan_rename(e.view, ".data", "", &e.plan, &error), EINVAL, &error, "name");
	expect_refusal(elfsect_plan_rename(e.view, ".symtab", ".x", &e.plan, &error), EINVAL, &error,
		       "keep their names");
	expect_refusal(elfsect_plan_rename(e.view, rel ? ".rel.data" : ".rela.data", ".x", &e.plan, &error), EINVAL,
		       &error, "keep their names");
	expect_refusal(elfsect_plan_rename(e.view, ".nothing", ".x", &e.plan, &error), ENOENT, &error, "no section");
	edited_end(&e);
}

static void clear_region(void **state)
{
	const struct elf_variant *v = *state;
	struct file f = make(v);
	struct elfsect_region region = {f.gone, 8, 4};
	struct elfsect_error error;
	struct edited e;
	const uint8_t *bytes;

	edited_start(&e, f.b);
	assert_int_equal(elfsect_plan_clear(e.view, &region, &e.plan, &error), 0);
	edited_apply(&e, ".gone");
	bytes = elfsect_section_bytes(e.result, section_of(e.result, ".gone"));
	assert_memory_equal(bytes + 4, "4567\0\0\0\0cdef", 12);
	edited_next(&e);
	assert_int_equal(elfsect_plan_clear(e.view, &region, &e.plan, &error), 0);
	assert_true(elfsect_plan_is_empty(e.plan));
	region.offset = 2;
	expect_refusal(elfsect_plan_clear(e.view, &region, &e.plan, &error), EBUSY, &error, "relocated");
	region.section = f.text;
	expect_refusal(elfsect_plan_clear(e.view, &region, &e.plan, &error), EINVAL, &error, "code");
	edited_end(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH_VARIANT(numbers_follow), EACH_VARIANT(refuse_removal), EACH_VARIANT(refuse_renumbering),
		EACH_VARIANT(rename_follows), EACH_VARIANT(clear_region),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
