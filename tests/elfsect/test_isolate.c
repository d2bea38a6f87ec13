// SPDX-License-Identifier: GPL-2.0-or-later
/* elfsect_plan_isolate(): what moves, what stays, which references follow, and what cannot be decided. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "edited.h"
#include "sample.h"

/*
 * .rodata: 64 bytes; the range is [16, 48).
 *     0 before_data (16 bytes) | 16 range_start, local_start | 24 inner | 40 last (8 bytes) | 48 after | 64
 */
struct rodata {
	struct elf_builder *b;
	uint32_t text;
	uint32_t section;
	uint32_t data;
	uint32_t symbol; /* of the section */
	uint32_t inner;
	uint32_t before;
	uint32_t after;
};

enum { START = 16, END = 48, SIZE = 64 };

static struct rodata make(const struct elf_variant *v)
{
	struct rodata r = {.b = elf_builder_new(v->class, v->data, ET_REL, v->machine)};
	uint8_t bytes[SIZE];

	for (unsigned int i = 0; i < SIZE; i++)
		bytes[i] = (uint8_t)(i + 1);
	r.text = case_text(r.b);
	/* Fields of REL relocations lie in bytes that are zero. */
	memset(bytes + 8, 0, 8);
	memset(bytes + 32, 0, 8);
	memset(bytes + 56, 0, 8);
	r.section = elf_builder_section(r.b, ".rodata", SHT_PROGBITS, SHF_ALLOC, bytes, SIZE, 32);
	r.data = elf_builder_section(r.b, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, NULL, 64, 8);
	r.symbol = elf_builder_symbol(r.b, "", CASE_SECTION, 0, r.section, 0, 0);
	elf_builder_symbol(r.b, "local_start", CASE_LOCAL, 0, r.section, START, 0);
	elf_builder_symbol(r.b, "range_start", CASE_GLOBAL, 0, r.section, START, 0);
	r.before = elf_builder_symbol(r.b, "before_data", ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT), 0, r.section, 0, 16);
	r.inner = elf_builder_symbol(r.b, "inner", CASE_GLOBAL, 0, r.section, 24, 0);
	elf_builder_symbol(r.b, "last", CASE_GLOBAL, 0, r.section, 40, 0);
	r.after = elf_builder_symbol(r.b, "after", CASE_GLOBAL, 0, r.section, END, 0);
	return r;
}

static int isolate(struct edited *e, const char *range, const char *into, struct elfsect_error *error)
{
	struct elfsect_region region;
	int ret;

	ret = elfsect_region_of_symbols(e->view, range, &region, error);
	return ret ? ret : elfsect_plan_isolate(e->view, &region, into, 0, &e->plan, error);
}

static void isolate_ok(struct edited *e)
{
	struct elfsect_error error = {""};

	if (isolate(e, "range_start..last+8", ".own", &error))
		fail_msg("%s", error.message);
	/* REL keeps addends in the sections, so that these change too. */
	edited_apply(e, elfsect_view_header(e->view)->machine == EM_386 ? "*" : ".rodata");
}

static void expect_place(const struct edited *e, const char *symbol, const char *section, uint64_t value)
{
	const struct elfsect_symbol s = find_symbol(e->result, symbol, NULL);

	assert_int_equal(s.section, section_of(e->result, section)->index);
	assert_int_equal(s.value, value);
}

static void bytes_and_symbols(void **state)
{
	struct rodata r = make(*state);
	struct edited e;
	const struct elfsect_section *own, *rodata;
	const uint8_t *old;

	edited_start(&e, r.b);
	isolate_ok(&e);
	own = section_of(e.result, ".own");
	rodata = section_of(e.result, ".rodata");
	old = elfsect_section_bytes(e.view, section_of(e.view, ".rodata"));
	assert_int_equal(own->size, END - START);
	assert_int_equal(own->flags, SHF_ALLOC);
	assert_int_equal(own->align, 8);
	assert_memory_equal(elfsect_section_bytes(e.result, own), old + START, END - START);
	assert_int_equal(rodata->size, SIZE);
	assert_int_equal(rodata->offset, section_of(e.view, ".rodata")->offset);
	assert_memory_equal(elfsect_section_bytes(e.result, rodata), old, START);
	assert_memory_equal(elfsect_section_bytes(e.result, rodata) + END, old + END, SIZE - END);
	for (unsigned int i = START; i < END; i++)
		assert_int_equal(elfsect_section_bytes(e.result, rodata)[i], 0);
	expect_place(&e, "local_start", ".own", 0);
	expect_place(&e, "range_start", ".own", 0);
	expect_place(&e, "inner", ".own", 8);
	expect_place(&e, "last", ".own", 24);
	expect_place(&e, "before_data", ".rodata", 0);
	expect_place(&e, "after", ".rodata", END);
	assert_int_equal(elfsect_symbol_count(e.result), elfsect_symbol_count(e.view));
	edited_end(&e);
}

/* The relocation at an offset of a section, with the addend that REL keeps in the field (4 bytes here). */
static struct elfsect_relocation relocation_at(const struct elfsect_view *view, const char *section, uint64_t offset)
{
	const struct elfsect_section *target = section_of(view, section);
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(view, &count);

	for (uint32_t i = 1; i < count; i++) {
		if ((sections[i].type != SHT_RELA && sections[i].type != SHT_REL) || sections[i].info != target->index)
			continue;
		for (uint64_t j = 0; j < elfsect_relocation_count(view, &sections[i]); j++) {
			struct elfsect_relocation r = elfsect_relocation_get(view, &sections[i], j);

			if (r.offset != offset)
				continue;
			if (sections[i].type == SHT_REL)
				r.addend = (int32_t)elfsect_load(view, elfsect_section_bytes(view, target) + offset, 4);
			return r;
		}
	}
	fail_msg("no relocation at 0x%jx of %s", (uintmax_t)offset, section);
	return (struct elfsect_relocation){0};
}

static void expect_relocation(const struct edited *e, const char *section, uint64_t offset, const char *symbol,
			      int64_t addend)
{
	const struct elfsect_relocation r = relocation_at(e->result, section, offset);
	const struct elfsect_symbol s = elfsect_symbol_get(e->result, r.symbol);

	assert_string_equal(s.name, symbol);
	assert_int_equal(r.addend, addend);
}

static void add(struct rodata *r, const struct elf_variant *v, uint32_t section, uint64_t offset, uint32_t type,
		uint32_t symbol, int64_t addend)
{
	if (v->machine == EM_386)
		elf_builder_put(r->b, section, offset, 4, (uint64_t)addend);
	elf_builder_relocation(r->b, section, offset, type, symbol, addend);
}

static void relocations_move_and_follow(void **state)
{
	const struct elf_variant *v = *state;
	const uint32_t absolute = absolute_type(v);
	struct rodata r = make(v);
	struct edited e;

	/* In .rodata: one before the range, one in it, one behind it. */
	add(&r, v, r.section, 8, absolute, r.after, 4);
	add(&r, v, r.section, 32, absolute, r.symbol, 20);
	add(&r, v, r.section, 56, absolute, r.symbol, 4);
	/* Elsewhere, through the section symbol: in front, first and last byte of the range, behind. */
	add(&r, v, r.data, 0, absolute, r.symbol, START - 1);
	add(&r, v, r.data, 4, absolute, r.symbol, START);
	add(&r, v, r.data, 8, absolute, r.symbol, END - 1);
	add(&r, v, r.data, 12, absolute, r.symbol, END);
	add(&r, v, r.data, 16, absolute, r.inner, 3);
	/* Code: far enough from the edges. */
	add(&r, v, r.text, 8, relative_type(v), r.symbol, 28);
	edited_start(&e, r.b);
	isolate_ok(&e);
	expect_relocation(&e, ".rodata", 8, "after", 4);
	expect_relocation(&e, ".own", 32 - START, "local_start", 4);
	expect_relocation(&e, ".rodata", 56, "", 4);
	expect_relocation(&e, ".data", 0, "", START - 1);
	expect_relocation(&e, ".data", 4, "local_start", 0);
	expect_relocation(&e, ".data", 8, "local_start", END - 1 - START);
	expect_relocation(&e, ".data", 12, "", END);
	expect_relocation(&e, ".data", 16, "inner", 3);
	expect_relocation(&e, ".text", 8, "local_start", 28 - START);
	assert_int_equal(elfsect_relocation_count(
				 e.result, section_of(e.result, v->machine == EM_386 ? ".rel.own" : ".rela.own")),
			 1);
	edited_end(&e);
}

static void refused(const struct elf_variant *v, struct rodata *r, const char *word)
{
	struct elfsect_error error;
	struct edited e;

	(void)v;
	edited_start(&e, r->b);
	expect_refusal(isolate(&e, "range_start..last+8", ".own", &error), EBUSY, &error, word);
	edited_end(&e);
}

static void undecidable_references(void **state)
{
	static const int64_t near_edges[] = {START - 4, START, START + 4, END - 4, END, END + 4};
	const struct elf_variant *v = *state;
	struct rodata r;

	for (size_t i = 0; i < sizeof(near_edges) / sizeof(near_edges[0]); i++) {
		r = make(v);
		add(&r, v, r.text, 8, relative_type(v), r.symbol, near_edges[i]);
		refused(v, &r, "cannot be decided");
		/* An index that the compiler has folded into the address. */
		r = make(v);
		add(&r, v, r.text, 8, absolute_type(v), r.symbol, near_edges[i]);
		refused(v, &r, "cannot be decided");
	}
	/* A distance from somewhere in a table: any place in .data may be what it is counted from. */
	r = make(v);
	add(&r, v, r.data, 32, relative_type(v), r.symbol, 24);
	refused(v, &r, "cannot be decided");
	/* Symbol and target on different sides. */
	r = make(v);
	add(&r, v, r.data, 0, absolute_type(v), r.before, 20);
	refused(v, &r, "on the other");
	r = make(v);
	add(&r, v, r.data, 0, absolute_type(v), r.inner, 32);
	refused(v, &r, "on the other");
}

static void unknown_types(void **state)
{
	const struct elf_variant *v = *state;
	struct rodata r = make(v);
	struct elfsect_error error;
	struct edited e;

	/* Type 200 is none: its addend in a REL field cannot be read; that of RELA may hold part of an index. */
	elf_builder_relocation(r.b, r.text, 8, 200, r.symbol, 30);
	edited_start(&e, r.b);
	if (v->machine == EM_386)
		expect_refusal(isolate(&e, "range_start..last+8", ".own", &error), EBUSY, &error, "not known");
	else
		expect_refusal(isolate(&e, "range_start..last+8", ".own", &error), EBUSY, &error, "cannot be decided");
	edited_end(&e);
}

/* array[i - 100] in code: the address that is there is not that of the array. In data it says what it means. */
static void folded_index(void **state)
{
	const struct elf_variant *v = *state;
	struct rodata r = make(v);
	struct elfsect_error error;
	struct edited e;

	add(&r, v, r.text, 8, absolute_type(v), r.symbol, 0);
	edited_start(&e, r.b);
	expect_refusal(isolate(&e, "range_start..last+8", ".own", &error), EBUSY, &error, "cannot be decided");
	edited_end(&e);
}

static void straddling(void **state)
{
	const struct elf_variant *v = *state;
	struct rodata r = make(v);

	elf_builder_symbol(r.b, "over", CASE_GLOBAL, 0, r.section, 12, 5);
	refused(v, &r, "straddles");
	r = make(v);
	elf_builder_symbol(r.b, "over", CASE_GLOBAL, 0, r.section, 44, 5);
	refused(v, &r, "straddles");
	r = make(v);
	elf_builder_symbol(r.b, "over", CASE_GLOBAL, 0, r.section, 0, SIZE);
	refused(v, &r, "straddles");
	r = make(v);
	add(&r, v, r.section, 14, absolute_type(v), r.symbol, 0);
	refused(v, &r, "both sides");
	r = make(v);
	add(&r, v, r.section, 46, absolute_type(v), r.symbol, 0);
	refused(v, &r, "both sides");
}

static void no_anchor(void **state)
{
	const struct elf_variant *v = *state;
	struct rodata r = {.b = elf_builder_new(v->class, v->data, ET_REL, v->machine)};
	struct elfsect_error error;
	struct edited e;

	r.section = elf_builder_section(r.b, ".rodata", SHT_PROGBITS, SHF_ALLOC, NULL, SIZE, 32);
	r.data = elf_builder_section(r.b, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, NULL, 64, 8);
	r.symbol = elf_builder_symbol(r.b, "", CASE_SECTION, 0, r.section, 0, 0);
	elf_builder_symbol(r.b, "first", ELF64_ST_INFO(STB_WEAK, STT_NOTYPE), 0, r.section, START, 0);
	add(&r, v, r.data, 0, absolute_type(v), r.symbol, START + 8);
	edited_start(&e, r.b);
	expect_refusal(isolate(&e, "first..first+16", ".own", &error), EBUSY, &error, "no symbol stands at");
	edited_end(&e);
}

static void whole_section(void **state)
{
	const struct elf_variant *v = *state;
	struct rodata r = make(v);
	struct elfsect_error error;
	struct edited e;
	const char *name = v->machine == EM_386 ? ".rel.own" : ".rela.own";

	add(&r, v, r.section, 8, absolute_type(v), r.symbol, 4);
	edited_start(&e, r.b);
	assert_int_equal(isolate(&e, "before_data..after+16", ".own", &error), 0);
	edited_apply(&e, ".rodata");
	assert_int_equal(section_of(e.result, ".own")->index, section_of(e.view, ".rodata")->index);
	assert_int_equal(section_of(e.result, name)->info, section_of(e.result, ".own")->index);
	expect_place(&e, "inner", ".own", 24);
	/* Once more is no change. */
	edited_next(&e);
	assert_int_equal(isolate(&e, "before_data..after+16", ".own", &error), 0);
	assert_true(elfsect_plan_is_empty(e.plan));
	edited_end(&e);
}

static void refused_ranges(void **state)
{
	struct rodata r = make(*state);
	struct elfsect_error error;
	struct edited e;

	elf_builder_symbol(r.b, "code", CASE_GLOBAL, 0, r.text, 0, 0);
	elf_builder_symbol(r.b, "absolute", CASE_GLOBAL, 0, ELF_RESERVED(SHN_ABS), 0, 0);
	elf_builder_symbol(r.b, "twice", CASE_LOCAL, 0, r.section, 16, 0);
	elf_builder_symbol(r.b, "twice", CASE_LOCAL, 0, r.section, 32, 0);
	edited_start(&e, r.b);
	expect_refusal(isolate(&e, "last..inner", ".own", &error), EINVAL, &error, "the end lies before the start");
	expect_refusal(isolate(&e, "inner..inner", ".own", &error), EINVAL, &error, "empty");
	expect_refusal(isolate(&e, "inner..code", ".own", &error), EINVAL, &error, "different sections");
	expect_refusal(isolate(&e, "inner..after+17", ".own", &error), EINVAL, &error, "not inside");
	expect_refusal(isolate(&e, "inner..nothing", ".own", &error), ENOENT, &error, "symbol nothing");
	expect_refusal(isolate(&e, "absolute..inner", ".own", &error), ENOENT, &error, "symbol absolute");
	expect_refusal(isolate(&e, "twice..inner", ".own", &error), EEXIST, &error, "more than once");
	expect_refusal(isolate(&e, "inner", ".own", &error), EINVAL, &error, "FIRST..LAST");
	expect_refusal(isolate(&e, "inner..last", ".data", &error), EEXIST, &error, "already");
	expect_refusal(isolate(&e, "code..code+4", ".own", &error), EINVAL, &error, "code");
	edited_end(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH_VARIANT(bytes_and_symbols),
		EACH_VARIANT(relocations_move_and_follow),
		EACH_VARIANT(undecidable_references),
		EACH_VARIANT(unknown_types),
		EACH_VARIANT(folded_index),
		EACH_VARIANT(straddling),
		EACH_VARIANT(no_anchor),
		EACH_VARIANT(whole_section),
		EACH_VARIANT(refused_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
