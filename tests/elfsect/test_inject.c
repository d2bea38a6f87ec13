// SPDX-License-Identifier: GPL-2.0-or-later
/* elfsect_plan_inject(): new and refilled sections, symbols in them, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "edited.h"
#include "sample.h"
#include "base/cleanup.h"

static const struct elfsect_definition all_places[] = {
	{"data_start", ELFSECT_AT_START, 0},
	{"data_end", ELFSECT_AT_END, 0},
	{"data_size", ELFSECT_AT_SIZE_WORD, 0},
	{"data_size_again", ELFSECT_AT_SIZE_WORD, 0},
};

static struct elf_builder *with_references(const struct elf_variant *v)
{
	struct elf_builder *b = elf_builder_new(v->class, v->data, ET_REL, v->machine);
	const uint32_t text = case_text(b);
	const uint32_t start = elf_builder_symbol(b, "data_start", CASE_GLOBAL, STV_HIDDEN, SHN_UNDEF, 0, 0);

	elf_builder_symbol(b, "data_end", ELF64_ST_INFO(STB_WEAK, STT_OBJECT), 0, SHN_UNDEF, 0, 0);
	elf_builder_symbol(b, "absolute", CASE_GLOBAL, 0, ELF_RESERVED(SHN_ABS), 1, 0);
	elf_builder_symbol(b, "common", CASE_GLOBAL, 0, ELF_RESERVED(SHN_COMMON), 8, 8);
	elf_builder_symbol(b, "elsewhere", CASE_GLOBAL, 0, text, 4, 0);
	elf_builder_relocation(b, text, 8, absolute_type(v), start, 0);
	return b;
}

static int inject(struct edited *e, const char *section, const char *data, size_t count,
		  const struct elfsect_definition *definitions, struct elfsect_error *error)
{
	const struct elfsect_injection wish = {
		.section = section,
		.data = (const uint8_t *)data,
		.size = strlen(data),
		.definitions = definitions,
		.definition_count = count,
		ELFSECT_INJECTION_INIT,
	};

	return elfsect_plan_inject(e->view, &wish, &e->plan, error);
}

static void inject_ok(struct edited *e, const char *section, const char *data, size_t count)
{
	struct elfsect_error error = {""};

	if (inject(e, section, data, count, all_places, &error))
		fail_msg("%s", error.message);
	edited_apply(e, section);
}

/* Content and symbols as the definitions say. */
static void expect_content(const struct edited *e, const char *section, const char *data)
{
	const struct elfsect_section *s = section_of(e->result, section);
	const uint8_t *bytes = elfsect_section_bytes(e->result, s);
	const uint64_t length = strlen(data), word = elfsect_word_size(e->result), first = (length + 7) & ~7ull;
	const uint64_t second = (first + word + 7) & ~7ull;

	assert_int_equal(s->size, second + word);
	if (length)
		assert_memory_equal(bytes, data, length);
	for (uint64_t i = length; i < first; i++)
		assert_int_equal(bytes[i], 0);
	assert_int_equal(elfsect_load(e->result, bytes + first, (unsigned int)word), length);
	assert_int_equal(elfsect_load(e->result, bytes + second, (unsigned int)word), length);
	assert_int_equal(find_symbol(e->result, "data_start", NULL).value, 0);
	assert_int_equal(find_symbol(e->result, "data_end", NULL).value, length);
	assert_int_equal(find_symbol(e->result, "data_size", NULL).value, first);
	assert_int_equal(find_symbol(e->result, "data_size_again", NULL).value, second);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(find_symbol(e->result, all_places[i].name, NULL).section, s->index);
}

static void create_defines(void **state)
{
	struct edited e;
	const struct elfsect_section *s;
	struct elfsect_symbol symbol;
	uint32_t before, after;

	edited_start(&e, with_references(*state));
	find_symbol(e.view, "data_start", &before);
	inject_ok(&e, ".new", "thirteen byte", 4);
	expect_content(&e, ".new", "thirteen byte");
	s = section_of(e.result, ".new");
	assert_int_equal(s->type, SHT_PROGBITS);
	assert_int_equal(s->flags, SHF_ALLOC);
	assert_int_equal(s->align, 8);
	assert_int_equal(s->offset % 8, 0);
	/* Undefined references are defined in place, and keep what their file said of them. */
	symbol = find_symbol(e.result, "data_start", &after);
	assert_int_equal(after, before);
	assert_int_equal(symbol.info, CASE_GLOBAL);
	assert_int_equal(symbol.other, STV_HIDDEN);
	assert_int_equal(find_symbol(e.result, "data_end", NULL).info, ELF64_ST_INFO(STB_WEAK, STT_OBJECT));
	/* Others are new. */
	symbol = find_symbol(e.result, "data_size", &after);
	assert_int_equal(symbol.info, CASE_GLOBAL);
	assert_int_equal(after, elfsect_symbol_count(e.view));
	edited_end(&e);
}

static void refill_grow_and_empty(void **state)
{
	static const char *const contents[] = {"longer than what was there", "", "x",
					       "and a really long one, which has to move"};
	struct edited e;
	uint64_t size, last = 0;

	edited_start(&e, with_references(*state));
	inject_ok(&e, ".new", "start", 4);
	for (size_t round = 0; round < 3; round++) {
		for (size_t i = 0; i < 4; i++) {
			edited_next(&e);
			inject_ok(&e, ".new", contents[i], 4);
			expect_content(&e, ".new", contents[i]);
		}
		elfsect_view_bytes(e.result, &size);
		/* What a moved section leaves behind at the end is used again. */
		assert_true(!round || size <= last + 64);
		last = size;
	}
	edited_end(&e);
}

/*
 * As assemblers lay a file out: the section at a multiple of its alignment, or, with binutils 2.44, of a word; what
 * follows right behind it, or with room for both. It comes home, whatever was in it in between.
 */
static void comes_home(void **state)
{
	static const char *const contents[] = {"longer than what was there", "", "x", "long, and moved once more",
					       "first words"};
	const struct elf_variant *v = *state;
	const uint64_t word = v->class == ELFCLASS64 ? 8 : 4;

	for (unsigned int kind = 0; kind < 4; kind++) {
		struct elf_builder *b = elf_builder_new(v->class, v->data, ET_REL, v->machine);
		const uint64_t align = kind & 1 ? word : 64;
		autofree uint8_t *first = NULL;
		const uint8_t *bytes;
		struct edited e;
		size_t built;
		uint64_t size, last;
		uint32_t data;

		case_text(b);
		elf_builder_section(b, ".one", SHT_PROGBITS, SHF_ALLOC, "", 1, 1);
		data = elf_builder_section(b, ".data.moves", SHT_PROGBITS, SHF_ALLOC, "first words", 11, align);
		elf_builder_section(b, ".behind", SHT_PROGBITS, SHF_ALLOC, "behind", 6, kind & 2 ? 64 : 1);
		assert_non_null(elf_builder_finish(b, &built));
		elf_set_section(b, data, sh_addralign, 64);
		assert_int_equal(
			!(elf_builder_get(b, elf_builder_section_header(b, data), ELF_FIELD(Shdr, sh_offset)) % 64),
			align == 64);
		edited_start(&e, b);
		bytes = elfsect_view_bytes(e.view, &size);
		first = malloc(size);
		assert_non_null(first);
		memcpy(first, bytes, size);
		for (size_t i = 0; i < 5; i++) {
			if (i)
				edited_next(&e);
			inject_ok(&e, ".data.moves", contents[i], 0);
		}
		bytes = elfsect_view_bytes(e.result, &last);
		assert_int_equal(last, size);
		assert_memory_equal(bytes, first, size);
		edited_end(&e);
	}
}

static void same_content_is_no_change(void **state)
{
	struct edited e;
	struct elfsect_error error;

	edited_start(&e, with_references(*state));
	inject_ok(&e, ".new", "start", 4);
	edited_next(&e);
	assert_int_equal(inject(&e, ".new", "start", 4, all_places, &error), 0);
	assert_true(elfsect_plan_is_empty(e.plan));
	edited_end(&e);
}

/* Same length: symbols inside stay although nobody names them. Another length: refused. */
static void refill_with_inner_symbols(void **state)
{
	const struct elf_variant *v = *state;
	struct elf_builder *b = with_references(v);
	const uint32_t section = elf_builder_section(b, ".table", SHT_PROGBITS, SHF_ALLOC, "0123456789", 10, 8);
	struct elfsect_error error;
	struct edited e;

	elf_builder_symbol(b, "inner", CASE_LOCAL, 0, section, 4, 2);
	elf_builder_symbol(b, "", CASE_SECTION, 0, section, 0, 0);
	elf_builder_symbol(b, "$d", CASE_LOCAL, 0, section, 3, 0);
	elf_builder_symbol(b, "table", CASE_GLOBAL, 0, section, 0, 0);
	edited_start(&e, b);
	inject_ok(&e, ".table", "abcdefghij", 0);
	assert_int_equal(find_symbol(e.result, "inner", NULL).value, 4);
	elfsect_plan_free(steal(e.plan));
	expect_refusal(inject(&e, ".table", "abcdefghijk", 0, NULL, &error), EBUSY, &error,
		       "symbol inner stands at 0x4");
	/* Ten bytes again, but two of data and a word: not the same inside. */
	expect_refusal(inject(&e, ".table", v->class == ELFCLASS64 ? "" : "ab", 1, &all_places[2], &error), EBUSY,
		       &error, "symbol inner");
	edited_end(&e);
}

/* A word that code loads must be where the machine can load it. */
static void refuse_unaligned_word(void **state)
{
	const struct elf_variant *v = *state;
	struct elf_builder *b = with_references(v);
	struct elfsect_error error;
	struct edited e;

	elf_builder_section(b, ".bytes", SHT_PROGBITS, SHF_ALLOC, "0123456789", 10, 2);
	edited_start(&e, b);
	expect_refusal(inject(&e, ".bytes", "ab", 1, &all_places[2], &error), EINVAL, &error, "would not be aligned");
	edited_end(&e);
}

/* A symbol over the whole of a section stays one. */
static void refill_resizes_object(void **state)
{
	const struct elf_variant *v = *state;
	const struct elfsect_definition start = {"root", ELFSECT_AT_START, 0};
	struct elf_builder *b = elf_builder_new(v->class, v->data, ET_REL, v->machine);
	const uint32_t section = elf_builder_section(b, ".root", SHT_PROGBITS, SHF_ALLOC, "0123", 4, 1);
	struct elfsect_error error;
	struct edited e;

	elf_builder_symbol(b, "root", ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT), 0, section, 0, 4);
	edited_start(&e, b);
	assert_int_equal(inject(&e, ".root", "abcdefgh", 1, &start, &error), 0);
	edited_apply(&e, ".root");
	assert_int_equal(find_symbol(e.result, "root", NULL).size, 8);
	edited_end(&e);
}

static void refuse_symbols(void **state)
{
	static const struct {
		struct elfsect_definition definition;
		int code;
		const char *word;
	} cases[] = {
		{{"absolute", ELFSECT_AT_START, 0}, EEXIST, "already defined elsewhere (absolute or common)"},
		{{"common", ELFSECT_AT_START, 0}, EEXIST, "already defined elsewhere"},
		{{"elsewhere", ELFSECT_AT_END, 0}, EEXIST, "already defined elsewhere (.text)"},
		{{"", ELFSECT_AT_END, 0}, EINVAL, "needs a name"},
		{{"a", ELFSECT_AT_OFFSET, 2}, EINVAL, "not inside the data"},
	};
	static const struct elfsect_definition twice[] = {{"a", ELFSECT_AT_START, 0}, {"a", ELFSECT_AT_END, 0}};
	struct elfsect_error error;
	struct edited e;

	edited_start(&e, with_references(*state));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_refusal(inject(&e, ".new", "x", 1, &cases[i].definition, &error), cases[i].code, &error,
			       cases[i].word);
	expect_refusal(inject(&e, ".new", "x", 2, twice, &error), EINVAL, &error, "defined twice");
	edited_end(&e);
}

static void refuse_targets(void **state)
{
	const struct elf_variant *v = *state;
	struct elf_builder *b = with_references(v);
	const uint32_t relocated = elf_builder_section(b, ".relocated", SHT_PROGBITS, SHF_ALLOC, "12345678", 8, 8);
	const uint32_t referred = elf_builder_section(b, ".referred", SHT_PROGBITS, SHF_ALLOC, "12345678", 8, 8);
	const uint32_t symbol = elf_builder_symbol(b, "", CASE_SECTION, 0, referred, 0, 0);
	struct elfsect_error error;
	struct edited e;

	elf_builder_relocation(b, relocated, 0, absolute_type(v), symbol, 4);
	elf_builder_section(b, ".zero", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, NULL, 8, 8);
	elf_builder_section(b, ".strings", SHT_PROGBITS, SHF_ALLOC | SHF_MERGE | SHF_STRINGS, "a", 2, 1);
	elf_builder_section(b, ".twice", SHT_PROGBITS, SHF_ALLOC, "a", 2, 1);
	elf_builder_section(b, ".twice", SHT_PROGBITS, SHF_ALLOC, "a", 2, 1);
	edited_start(&e, b);
	expect_refusal(inject(&e, ".text", "x", 0, NULL, &error), EINVAL, &error, "executable");
	expect_refusal(inject(&e, ".zero", "x", 0, NULL, &error), EINVAL, &error, "NOBITS");
	expect_refusal(inject(&e, ".strings", "x", 0, NULL, &error), EINVAL, &error, "flags");
	expect_refusal(inject(&e, ".symtab", "x", 0, NULL, &error), EINVAL, &error, "type");
	expect_refusal(inject(&e, ".twice", "x", 0, NULL, &error), EEXIST, &error, "several");
	expect_refusal(inject(&e, "", "x", 0, NULL, &error), EINVAL, &error, "name");
	expect_refusal(inject(&e, ".relocated", "x", 0, NULL, &error), EBUSY, &error, "relocations apply");
	expect_refusal(inject(&e, ".referred", "x", 0, NULL, &error), EBUSY, &error, "by number");
	/* With the length kept, section + 4 still means the same. */
	assert_int_equal(inject(&e, ".referred", "abcdefgh", 0, NULL, &error), 0);
	edited_end(&e);
}

static void refuse_fields(void **state)
{
	struct elfsect_injection wish = {ELFSECT_INJECTION_INIT, .section = ".new", .align = 3};
	struct elfsect_error error;
	struct edited e;

	edited_start(&e, with_references(*state));
	expect_refusal(elfsect_plan_inject(e.view, &wish, &e.plan, &error), EINVAL, &error, "alignment 3");
	wish.align = 0;
	wish.has_flags = true;
	wish.flags = SHF_ALLOC | SHF_GROUP;
	expect_refusal(elfsect_plan_inject(e.view, &wish, &e.plan, &error), EINVAL, &error, "flags 0x202");
	wish.flags = SHF_ALLOC | SHF_WRITE;
	wish.align = 64;
	assert_int_equal(elfsect_plan_inject(e.view, &wish, &e.plan, &error), 0);
	edited_apply(&e, NULL);
	assert_int_equal(section_of(e.result, ".new")->align, 64);
	assert_int_equal(section_of(e.result, ".new")->flags, SHF_ALLOC | SHF_WRITE);
	edited_end(&e);
}

/* The number of sections passes 0xff00 with the new one: extended numbering starts, and a symbol there needs
 * SHN_XINDEX. */
static void many_sections(void **state)
{
	static const uint32_t totals[] = {0xfefe, 0xfeff, 0xff00, 0xff01, 0xff10};
	const struct elf_variant *v = *state;

	for (size_t i = 0; i < sizeof(totals) / sizeof(totals[0]); i++) {
		struct elf_builder *b = elf_builder_new(v->class, v->data, ET_REL, v->machine);
		const uint32_t text = case_text(b);
		struct elfsect_error error;
		struct edited e;
		uint32_t before, after;

		elf_builder_symbol(b, "data_start", CASE_GLOBAL, 0, SHN_UNDEF, 0, 0);
		elf_builder_symbol(b, "f", CASE_GLOBAL, 0, text, 0, 0);
		/* Null, text, and the three tables that the builder adds. */
		for (uint32_t n = 6; n <= totals[i]; n++)
			elf_builder_section(b, ".many", SHT_PROGBITS, SHF_ALLOC, NULL, 0, 1);
		edited_start(&e, b);
		elfsect_view_sections(e.view, &before);
		inject_ok(&e, ".new", "some data", 4);
		expect_content(&e, ".new", "some data");
		elfsect_view_sections(e.result, &after);
		assert_true(after == before + 1 || after == before + 2);
		assert_int_equal(section_of(e.result, ".new")->index, before);
		assert_true(before < SHN_LORESERVE || elfsect_view_symtab_shndx(e.result));
		/* And back. */
		edited_next(&e);
		if (elfsect_plan_remove(e.view, ".new", &e.plan, &error))
			fail_msg("%s", error.message);
		edited_apply(&e, ".new");
		assert_int_equal(find_symbol(e.result, "f", NULL).section, text);
		assert_false(has_symbol(e.result, "data_size"));
		edited_end(&e);
	}
}

static void linked_file(void **state)
{
	struct sample s = sample_linked(*state);
	struct elfsect_view *view = NULL;
	struct elfsect_plan *plan = NULL;
	const struct elfsect_injection wish = {ELFSECT_INJECTION_INIT, .section = ".new"};
	struct elfsect_error error;

	assert_int_equal(elfsect_view_of_memory(s.b->image, s.b->size, "sample", &view, &error), 0);
	expect_refusal(elfsect_plan_inject(view, &wish, &plan, &error), EINVAL, &error, "a linked file");
	elfsect_view_close(view);
	elf_builder_free(s.b);
}

/* Every generated relocatable file takes a section and gives it back. */
static int visit(const struct elf_case *c, const struct elf_variant *v, void *context)
{
	struct elfsect_error error;
	struct edited e;

	(void)context;
	if (c->type != ET_REL)
		return 0;
	e = (struct edited){.builder =
				    elf_builder_new(v->class, v->data, c->type, c->machine ? c->machine : v->machine)};
	c->build(e.builder);
	edited_start(&e, e.builder);
	if (!elfsect_view_header(e.view)->shstrndx || !elfsect_view_symtab(e.view) ||
	    has_symbol(e.view, "data_start")) {
		edited_end(&e);
		return 0;
	}
	inject_ok(&e, ".injected", "some data", 4);
	expect_content(&e, ".injected", "some data");
	edited_next(&e);
	if (elfsect_plan_remove(e.view, ".injected", &e.plan, &error))
		fail_msg("%s: %s", c->name, error.message);
	edited_apply(&e, ".injected");
	edited_end(&e);
	return 0;
}

static void every_case(void **state)
{
	(void)state;
	assert_int_equal(elf_cases_each(visit, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH_VARIANT(create_defines),
		EACH_VARIANT(refill_grow_and_empty),
		EACH_VARIANT(comes_home),
		EACH_VARIANT(same_content_is_no_change),
		EACH_VARIANT(refill_with_inner_symbols),
		EACH_VARIANT(refuse_unaligned_word),
		EACH_VARIANT(refill_resizes_object),
		EACH_VARIANT(refuse_symbols),
		EACH_VARIANT(refuse_targets),
		EACH_VARIANT(refuse_fields),
		EACH_VARIANT(many_sections),
		EACH_VARIANT(linked_file),
		cmocka_unit_test(every_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
