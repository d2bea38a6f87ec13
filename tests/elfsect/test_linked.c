// SPDX-License-Identifier: GPL-2.0-or-later
/* Linked files: symbols from a System.map, and new sections that are not loaded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "edited.h"
#include "elf_builder_internal.h"
#include "sample.h"
#include "base/cleanup.h"

enum { BASE = 0x100000, DATA = BASE + 0x1000 };

static struct elf_builder *linked(const struct elf_variant *v, bool symbols)
{
	struct elf_builder *b = elf_builder_new(v->class, v->data, ET_EXEC, v->machine);
	const uint32_t text = elf_builder_section(b, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, NULL, 32, 8);
	const uint32_t data = elf_builder_section(b, "tables", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, NULL, 64, 8);
	const uint32_t more = elf_builder_section(b, ".more", SHT_PROGBITS, SHF_ALLOC, "more", 5, 8);

	elf_builder_at(b, text)->addr = BASE;
	elf_builder_at(b, data)->addr = DATA;
	elf_builder_at(b, more)->addr = DATA + 64;
	elf_builder_section(b, ".comment", SHT_PROGBITS, 0, "comment", 8, 1);
	elf_builder_segment(b, PT_LOAD, PF_R | PF_X, text, text, BASE);
	elf_builder_segment(b, PT_LOAD, PF_R | PF_W, data, more, DATA);
	if (symbols) {
		elf_builder_symbol(b, "first", CASE_GLOBAL, 0, data, DATA + 8, 0);
		elf_builder_symbol(b, "last", CASE_GLOBAL, 0, data, DATA + 24, 0);
	}
	return b;
}

/* ------------------------------------------------------------------------------------------------------ System.map */

static int open_map(const char *text, struct elfsect_system_map **map, struct elfsect_error *error)
{
	char path[] = "/tmp/test_linked.XXXXXX";
	const int fd = mkstemp(path);
	int ret;

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	ret = elfsect_system_map_open(path, map, error);
	unlink(path);
	return ret;
}

static int fill(const struct elfsect_view *view, const char *text, const char *range, struct elfsect_plan **plan,
		struct elfsect_error *error)
{
	struct elfsect_system_map *map = NULL;
	struct elfsect_slot slot;
	int ret;

	ret = open_map(text, &map, error);
	if (!ret)
		ret = elfsect_slot_find(view, map, ELFSECT_SLOT_SYMBOLS, range, &slot, error);
	if (!ret)
		ret = elfsect_plan_fill(view, &slot, (const uint8_t *)"data", 4, plan, error);
	elfsect_system_map_close(map);
	return ret;
}

static void refused(const struct elf_variant *v, bool symbols, const char *text, int code, const char *word)
{
	struct elfsect_error error = {""};
	struct edited e;
	int ret;

	edited_start(&e, linked(v, symbols));
	ret = fill(e.view, text, "first..last", &e.plan, &error);
	if (ret != -code || !strstr(error.message, word) || strchr(error.message, '\n'))
		fail_msg("expected %d and \"%s\", got %d: %s", -code, word, ret, error.message);
	edited_end(&e);
}

static void fill_by_map(void **state)
{
	static const char text[] =
		"0000000000000000 A absolute\n0000000000100000 T code\n0000000000101000 d __start_tables\n"
		"0000000000101008 D first\n00101018 D last\n0000000000101040 d __stop_tables\n"
		/* What a linker script names between sections, and at the edge of one that is not code. */
		"0000000000100800 T swapper_pg_dir\n0000000000100004 T more_code\n0000000000101000 T __end_rodata\n"
		"0000000000100008 t still_more\n";
	struct elfsect_error error = {""};
	struct edited e;

	for (int symbols = 0; symbols < 2; symbols++) {
		edited_start(&e, linked(*state, symbols));
		if (fill(e.view, text, "first..last", &e.plan, &error))
			fail_msg("%s", error.message);
		edited_apply(&e, "tables");
		assert_memory_equal(elfsect_section_bytes(e.result, section_of(e.result, "tables")) + 8, "data\0", 5);
		edited_end(&e);
	}
	/* The end of a section is the start of the next, too. */
	edited_start(&e, linked(*state, false));
	if (fill(e.view, text, "first..__stop_tables", &e.plan, &error))
		fail_msg("%s", error.message);
	edited_end(&e);
}

static void maps_that_do_not_fit(void **state)
{
	const struct elf_variant *v = *state;

	refused(v, false, "00101008 D first\n", ENOENT, "last");
	refused(v, false, "00101008 D first\n00101018 D last\n00101020 D last\n", EEXIST, "more than once");
	refused(v, false, "00901008 D first\n00901018 D last\n", EINVAL, "lies in no section");
	refused(v, false, "00101008 D first\n00101018 D last\n00101000 T code\n", EINVAL, "not in a section with code");
	refused(v, false, "00101008 D first\n00101018 D last\n00101004 T code\n", EINVAL, "not in a section with code");
	refused(v, false, "00101008 D first\n00101018 D last\n00201000 T code\n", EINVAL, "not in a section with code");
	refused(v, false, "00101008 D first\n00101018 D last\n000ffff0 T code\n", EINVAL, "not in a section with code");
	refused(v, false, "00101008 D first\n00101018 D last\n00101004 d __start_tables\n", EINVAL, "does not bound");
	refused(v, false, "00101008 D first\n00101018 D last\n00101044 d __stop_tables\n", EINVAL, "does not bound");
	refused(v, false, "00101008 D first\n00101044 D last\n", EINVAL, "different sections");
	refused(v, true, "00101008 D first\n0010101c D last\n", EINVAL, "the map is not of this file");
	refused(v, false, "", EINVAL, "empty");
	refused(v, false, "first\n", EINVAL, "line 1: not an address");
	refused(v, false, "00101008 D first\n00101018 last\n", EINVAL, "line 2: not an address");
	refused(v, false, "00101008 D first\n\n", EINVAL, "line 2");
	refused(v, false, "11111111111111111 D first\n", EINVAL, "line 1");
}

static void no_map_for_relocatable_files(void **state)
{
	struct sample s = sample_relocatable(*state);
	struct elfsect_error error = {""};
	struct elfsect_view *view = NULL;
	struct elfsect_plan *plan = NULL;

	assert_int_equal(elfsect_view_of_memory(s.b->image, s.b->size, "sample", &view, &error), 0);
	expect_refusal(fill(view, "00101008 D first\n00101018 D last\n", "first..last", &plan, &error), EINVAL, &error,
		       "no addresses");
	elfsect_view_close(view);
	elf_builder_free(s.b);
}

/* ----------------------------------------------------------------------------------------------------- new sections */

static int inject_bytes(struct edited *e, const char *section, const char *data, struct elfsect_error *error)
{
	const struct elfsect_injection wish = {
		.section = section,
		.data = (const uint8_t *)data,
		.size = strlen(data),
		.has_flags = true,
		ELFSECT_INJECTION_INIT,
	};

	return elfsect_plan_inject(e->view, &wish, &e->plan, error);
}

static int inject_note(struct edited *e, const char *section, const char *owner, const char *text,
		       struct elfsect_error *error)
{
	const struct elfsect_injection wish = {
		.section = section,
		.data = (const uint8_t *)text,
		.size = strlen(text),
		.has_flags = true,
		.note_owner = owner,
		.note_type = 0x102,
		ELFSECT_INJECTION_INIT,
	};

	return elfsect_plan_inject(e->view, &wish, &e->plan, error);
}

static int inject(struct edited *e, const char *section, uint64_t flags, size_t definitions,
		  struct elfsect_error *error)
{
	static const struct elfsect_definition definition = {"name", ELFSECT_AT_START, 0};
	const struct elfsect_injection wish = {
		.section = section,
		.data = (const uint8_t *)"some data",
		.size = 9,
		.flags = flags,
		.has_flags = true,
		.definitions = &definition,
		.definition_count = definitions,
		ELFSECT_INJECTION_INIT,
	};

	return elfsect_plan_inject(e->view, &wish, &e->plan, error);
}

static void expect_same_segments(const struct edited *e)
{
	uint32_t count, after_count;
	const struct elfsect_segment *before = elfsect_view_segments(e->view, &count);
	const struct elfsect_segment *after = elfsect_view_segments(e->result, &after_count);
	uint64_t size;
	const uint8_t *a = elfsect_view_bytes(e->view, &size), *b = elfsect_view_bytes(e->result, &size);

	assert_int_equal(count, after_count);
	assert_memory_equal(before, after, count * sizeof(*before));
	for (uint32_t i = 0; i < count; i++)
		if (before[i].type == PT_LOAD)
			assert_memory_equal(a + before[i].offset, b + before[i].offset, before[i].filesz);
}

static void new_section(struct edited *e, void *context)
{
	struct elfsect_error error = {""};
	const struct elfsect_section *s;

	(void)context;
	if (inject(e, ".new", 0, 0, &error))
		fail_msg("%s", error.message);
	edited_apply(e, NULL);
	expect_same_segments(e);
	s = section_of(e->result, ".new");
	assert_int_equal(s->size, 9);
	assert_int_equal(s->addr, 0);
	assert_memory_equal(elfsect_section_bytes(e->result, s), "some data", 9);
	edited_next(e);
	assert_int_equal(inject(e, ".new", 0, 0, &error), 0);
	assert_true(elfsect_plan_is_empty(e->plan));
	elfsect_plan_free(steal(e->plan));
	expect_refusal(inject_bytes(e, ".new", "some date", &error), EEXIST, &error, "as a slot");
	expect_refusal(inject_bytes(e, ".new", "some", &error), EEXIST, &error, "as a slot");
	expect_refusal(inject_note(e, ".new", "me", "some data", &error), EEXIST, &error, "as another one");
}

/* Byte by byte what a note of "owner" with this text is. */
static void expect_note(const struct edited *e, const struct elf_variant *v, const char *text)
{
	const struct elfsect_section *s = section_of(e->result, ".note.me");
	const bool big = v->data == ELFDATA2MSB;
	const size_t length = strlen(text), padded = (length + 3) / 4 * 4;
	uint8_t want[256] = {0};

	want[big ? 3 : 0] = 6;
	want[big ? 7 : 4] = (uint8_t)length;
	want[big ? 10 : 9] = 1;
	want[big ? 11 : 8] = 2;
	strcpy((char *)want + 12, "owner");
	memcpy(want + 20, text, length);
	assert_int_equal(s->type, SHT_NOTE);
	assert_int_equal(s->align, 4);
	assert_int_equal(s->flags, 0);
	assert_int_equal(s->size, 20 + padded);
	assert_memory_equal(elfsect_section_bytes(e->result, s), want, 20 + padded);
	expect_same_segments(e);
}

/* Made, asked for again, replaced by shorter and longer ones. */
static void new_note(struct edited *e, void *context)
{
	static const char *const texts[] = {"a text of some length", "short", "", "longer than all before it, by far",
					    "longer than all before it, by far."};
	struct elfsect_error error = {""};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (inject_note(e, ".note.me", "owner", texts[i], &error))
			fail_msg("%s", error.message);
		edited_apply(e, i ? ".note.me" : NULL);
		expect_note(e, context, texts[i]);
		edited_next(e);
		assert_int_equal(inject_note(e, ".note.me", "owner", texts[i], &error), 0);
		assert_true(elfsect_plan_is_empty(e->plan));
		elfsect_plan_free(steal(e->plan));
	}
	expect_refusal(inject_note(e, ".note.me", "other", "short", &error), EEXIST, &error, "as a slot");
	expect_refusal(inject_note(e, ".note.me", "owne", "short", &error), EEXIST, &error, "as a slot");
	expect_refusal(inject_bytes(e, ".note.me", "short", &error), EEXIST, &error, "as another one");
}

static int each_with_note(const struct elf_case *c, const struct elf_variant *v, void *context)
{
	struct edited e;
	uint8_t *image;
	size_t size;

	if (c->type == ET_REL)
		return 0;
	e = (struct edited){.builder = elf_case_build(c, v, &image, &size)};
	assert_int_equal(elfsect_view_of_memory(image, size, "sample", &e.view, &(struct elfsect_error){""}), 0);
	new_note(&e, (void *)(uintptr_t)v);
	edited_end(&e);
	++*(unsigned int *)context;
	return 0;
}

static void notes_in_every_case(void **state)
{
	unsigned int count = 0;

	(void)state;
	assert_int_equal(elf_cases_each(each_with_note, &count), 0);
	assert_true(count >= 20);
}

/* Two notes in a section, a symbol in it, a section that links to it: its content is not only ours. */
static void notes_of_others(void **state)
{
	static const char *const reasons[] = {"as a slot", "as a slot", "as a slot"};

	for (int i = 0; i < 3; i++) {
		struct elf_builder *b = linked(*state, true);
		const uint32_t note = elf_builder_section(b, ".note.me", SHT_NOTE, 0, NULL, 0, 4);
		const uint32_t other = elf_builder_section(b, ".other", SHT_PROGBITS, 0, "other", 5, 1);
		struct elfsect_error error = {""};
		struct edited e;

		elf_builder_note(b, note, "owner", 0x102, "text", 4);
		if (i == 0)
			elf_builder_note(b, note, "owner", 0x102, "text", 4);
		if (i == 1)
			elf_builder_symbol(b, "in_note", CASE_GLOBAL, 0, note, 0, 0);
		if (i == 2)
			elf_builder_at(b, other)->link = note;
		edited_start(&e, b);
		expect_refusal(inject_note(&e, ".note.me", "owner", "other", &error), EEXIST, &error, reasons[i]);
		edited_end(&e);
	}
}

/* What is no note: refused before anything is done. */
static void notes_that_are_none(void **state)
{
	static const struct elfsect_definition definition = {"name", ELFSECT_AT_START, 0};
	const struct elfsect_injection wish = {ELFSECT_INJECTION_INIT, .section = ".note.me", .has_flags = true,
					       .note_owner = "owner"};
	struct elfsect_injection bad;
	struct elfsect_error error = {""};
	char long_owner[300];
	struct edited e;

	memset(long_owner, 'x', sizeof(long_owner) - 1);
	long_owner[sizeof(long_owner) - 1] = '\0';
	edited_start(&e, linked(*state, true));
	bad = wish;
	bad.note_owner = "";
	expect_refusal(elfsect_plan_inject(e.view, &bad, &e.plan, &error), EINVAL, &error, "owner");
	bad.note_owner = long_owner;
	expect_refusal(elfsect_plan_inject(e.view, &bad, &e.plan, &error), EINVAL, &error, "owner");
	bad = wish;
	bad.align = 8;
	expect_refusal(elfsect_plan_inject(e.view, &bad, &e.plan, &error), EINVAL, &error, "alignment of 4");
	bad = wish;
	bad.size = (uint64_t)1 << 40;
	expect_refusal(elfsect_plan_inject(e.view, &bad, &e.plan, &error), EINVAL, &error, "1 GiB");
	bad = wish;
	bad.definitions = &definition;
	bad.definition_count = 1;
	expect_refusal(elfsect_plan_inject(e.view, &bad, &e.plan, &error), EINVAL, &error, "in a note");
	bad = wish;
	bad.flags = SHF_ALLOC;
	expect_refusal(elfsect_plan_inject(e.view, &bad, &e.plan, &error), EINVAL, &error, "not loaded");
	edited_end(&e);
}

static int each_linked(const struct elf_case *c, const struct elf_variant *v, void *context)
{
	struct edited e;
	uint8_t *image;
	size_t size;

	if (c->type == ET_REL)
		return 0;
	e = (struct edited){.builder = elf_case_build(c, v, &image, &size)};
	assert_int_equal(elfsect_view_of_memory(image, size, "sample", &e.view, &(struct elfsect_error){""}), 0);
	new_section(&e, NULL);
	edited_end(&e);
	++*(unsigned int *)context;
	return 0;
}

static void new_sections_in_every_case(void **state)
{
	unsigned int count = 0;

	(void)state;
	assert_int_equal(elf_cases_each(each_linked, &count), 0);
	assert_true(count >= 20);
}

static void nothing_allocated(void **state)
{
	struct elfsect_error error = {""};
	struct edited e;

	edited_start(&e, linked(*state, true));
	expect_refusal(inject(&e, ".new", SHF_ALLOC, 0, &error), EINVAL, &error, "not loaded");
	expect_refusal(inject(&e, ".new", SHF_EXECINSTR, 0, &error), EINVAL, &error, "not loaded");
	expect_refusal(inject(&e, ".new", 0, 1, &error), EINVAL, &error, "new symbols");
	expect_refusal(inject(&e, "tables", 0, 0, &error), EEXIST, &error, "as a slot");
	edited_end(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH_VARIANT(fill_by_map),
		EACH_VARIANT(maps_that_do_not_fit),
		EACH_VARIANT(no_map_for_relocatable_files),
		cmocka_unit_test(new_sections_in_every_case),
		EACH_VARIANT(nothing_allocated),
		cmocka_unit_test(notes_in_every_case),
		EACH_VARIANT(notes_of_others),
		EACH_VARIANT(notes_that_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
