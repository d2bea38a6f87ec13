// SPDX-License-Identifier: GPL-2.0-or-later
/* The note that carries a map: what it must be not to count, and ways to hide something in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mapped.h"

/* linked-keyring-64le with its map, and the digest that it has without a note. */
struct subject {
	char *text;
	struct digest_of plain;
};

static struct subject begin(void)
{
	struct image full = image_of("linked-keyring", "64le", false);
	struct subject s = {.text = mapped_text(&full, linux_policy)};

	s.plain = digest_with_map(&full, linux_policy, HASHSECT_SCOPE_FILE, NULL, NULL);
	assert_digest(&s.plain);
	image_free(&full);
	return s;
}

static struct elf_builder *with_note(const char *text, bool stripped, uint32_t *note)
{
	struct elf_builder *b = image_begin(case_of("linked-keyring"), variant_of("64le"), stripped);
	const uint32_t section = image_add_note(b, text);

	if (note)
		*note = section;
	return b;
}

/* The file has a note that counts: its digest is another one than without it. */
static void expect_counted(struct elf_builder *b, const struct subject *s)
{
	struct image image = image_finish(b);
	bool left_out;
	const struct digest_of d = digest_with_map(&image, linux_policy, HASHSECT_SCOPE_FILE, NULL, &left_out);

	assert_digest(&d);
	assert_false(left_out);
	assert_string_not_equal(d.text, s->plain.text);
	image_free(&image);
}

/* Other text in the note: data that somebody hides, a map with another digest, one with other places. */
static void notes_that_are_not_the_map(void **state)
{
	static const struct change changes[] = {
		{"mask 0x100068 0x14\n", "mask 0x100068 0x14\nmask 0x100068 0x14\n", NULL},
		{"mask 0x100068 0x14\n", "mask 0x100068 0x14\nhidden", NULL},
		{"mask 0x100068 0x14\n", "mask 0x100068 0x14", NULL},
		{"mask 0x100068 0x14\n", "", NULL},
		{"hashsect-map 1\n", "Hashsect-map 1\n", NULL},
		{"hashsect-map 1\n", "", NULL},
		{"policy eb", "policy ec", NULL},
		{":linux:", ":strict:", NULL},
		{":loaded:e", ":loaded:f", NULL},
		{"__cert_list_start 3 0x101010 0x0", "__cert_list_start 3 0x101010 0x1", NULL},
		{"rule module-hashes F", "rule module-hashes N", NULL},
	};
	struct subject s = begin();

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		char *text = replaced(s.text, changes[i].from, changes[i].to);

		expect_counted(with_note(text, false, NULL), &s);
		free(text);
	}
	expect_counted(with_note("", false, NULL), &s);
	expect_counted(with_note("data that is no map", false, NULL), &s);
	free(s.text);
}

/* The right text, but not in the one form that a note with a map has. */
static void other_section(struct elf_builder *b, const struct subject *s, const char *name, uint32_t type,
			  uint64_t align, const char *owner, uint32_t note_type)
{
	const uint32_t note = elf_builder_section(b, name, type, 0, NULL, 0, align);

	elf_builder_note(b, note, owner, note_type, s->text, (uint32_t)strlen(s->text));
	expect_counted(b, s);
}

static struct elf_builder *without_note(void)
{
	return image_begin(case_of("linked-keyring"), variant_of("64le"), false);
}

static void notes_of_another_form(void **state)
{
	struct subject s = begin();
	struct elf_builder *b;
	uint32_t note;

	(void)state;
	other_section(without_note(), &s, ".gnu.warning.hashsect", SHT_PROGBITS, 4, "hashsect", 1);
	other_section(without_note(), &s, ".gnu.warning.hashsect", SHT_NOTE, 8, "hashsect", 1);
	other_section(without_note(), &s, ".gnu.warning.hashsect", SHT_NOTE, 1, "hashsect", 1);
	other_section(without_note(), &s, ".gnu.warning.hashsecT", SHT_NOTE, 4, "hashsect", 1);
	other_section(without_note(), &s, ".gnu.warning.hashsect", SHT_NOTE, 4, "hashsecT", 1);
	other_section(without_note(), &s, ".gnu.warning.hashsect", SHT_NOTE, 4, "hashsec", 1);
	other_section(without_note(), &s, ".gnu.warning.hashsect", SHT_NOTE, 4, "hashsect", 2);
	other_section(without_note(), &s, ".gnu.warning.hashsect", SHT_NOTE, 4, "hashsect", 0x01000000);
	other_section(with_note(s.text, false, NULL), &s, ".gnu.warning.hashsect", SHT_NOTE, 4, "hashsect",
		      1); /* two of them */
	other_section(without_note(), &s, ".note.hashsect", SHT_NOTE, 4, "hashsect", 1);
	b = with_note(s.text, false, &note);
	elf_builder_note(b, note, "hidden", 1, "data", 4); /* another note behind it */
	expect_counted(b, &s);
	free(s.text);
}

static void headers_of_another_form(void **state)
{
	struct subject s = begin();
	struct elf_builder *b;
	uint32_t note;

	(void)state;
	b = with_note(s.text, false, &note);
	elf_builder_at(b, note)->flags = SHF_WRITE;
	expect_counted(b, &s);
	b = with_note(s.text, false, &note);
	elf_builder_at(b, note)->addr = 8;
	expect_counted(b, &s);
	b = with_note(s.text, false, &note);
	elf_builder_at(b, note)->link = 1;
	expect_counted(b, &s);
	b = with_note(s.text, false, &note);
	elf_builder_at(b, note)->info = 1;
	expect_counted(b, &s);
	b = with_note(s.text, false, &note);
	elf_builder_at(b, note)->entsize = 4;
	expect_counted(b, &s);
	free(s.text);
}

/* A number that stands for a section out of scope could stand for two of them: nothing may refer to the note. */
static void references_to_the_note(void **state)
{
	struct subject s = begin();
	uint32_t note, other;
	struct elf_builder *b;

	(void)state;
	b = with_note(s.text, false, &note);
	elf_builder_symbol(b, "", CASE_SECTION, 0, note, 0, 0);
	expect_counted(b, &s);
	b = with_note(s.text, false, &note);
	elf_builder_symbol(b, "in_note", CASE_GLOBAL, 0, note, 4, 0);
	expect_counted(b, &s);
	b = with_note(s.text, false, &note);
	other = elf_builder_section(b, ".other", SHT_PROGBITS, 0, "other", 5, 1);
	elf_builder_at(b, other)->link = note;
	expect_counted(b, &s);
	b = with_note(s.text, false, &note);
	other = elf_builder_section(b, ".other", SHT_PROGBITS, SHF_INFO_LINK, "other", 5, 1);
	elf_builder_at(b, other)->info = note;
	expect_counted(b, &s);
	free(s.text);
}

/* A policy that excludes nothing leaves out nothing. */
static void policies_without_a_map(void **state)
{
	struct subject s = begin();
	struct hashsect_policy *strict;
	struct elfsect_error error;

	(void)state;
	assert_int_equal(hashsect_policy_builtin("strict", &strict, &error), 0);
	for (int stripped = 0; stripped < 2; stripped++) {
		struct image plain = image_of("linked-keyring", "64le", stripped);
		struct image noted = image_finish(with_note(s.text, stripped, NULL));
		bool left_out;
		const struct digest_of d = digest_with_map(&plain, strict, HASHSECT_SCOPE_FILE, NULL, NULL);
		const struct digest_of e = digest_with_map(&noted, strict, HASHSECT_SCOPE_FILE, NULL, &left_out);

		assert_digest(&d);
		assert_digest(&e);
		assert_false(left_out);
		assert_string_not_equal(d.text, e.text);
		image_free(&plain);
		image_free(&noted);
	}
	hashsect_policy_free(strict);
	free(s.text);
}

static void note_in_a_relocatable_file(void **state)
{
	struct subject s = begin();
	struct image plain = image_of("keyring", "64le", false), noted;
	struct elf_builder *b = image_begin(case_of("keyring"), variant_of("64le"), false);
	struct digest_of d, e;
	bool left_out;

	(void)state;
	image_add_note(b, s.text);
	noted = image_finish(b);
	d = digest_with_map(&plain, linux_policy, HASHSECT_SCOPE_FILE, NULL, NULL);
	e = digest_with_map(&noted, linux_policy, HASHSECT_SCOPE_FILE, NULL, &left_out);
	assert_digest(&d);
	assert_digest(&e);
	assert_false(left_out);
	assert_string_not_equal(d.text, e.text);
	image_free(&plain);
	image_free(&noted);
	free(s.text);
}

/* -------------------------------------------------------------------------------------------------- stripped files */

/* A stripped file's note is its map: one that is wrong has the file refused. */
static void stripped_files_with_wrong_notes(void **state)
{
	static const struct change changes[] = {
		{"hashsect-map 1\n", "", "not a map: line 1"},
		{"policy eb", "policy ec", "another policy"},
		{"mask 0x100068 0x14\n", "", "does not agree"},
		{"mask 0x100068 0x14\n", "mask 0x100068 0x14", "no line end"},
		{"rule module-hashes F", "rule module-hashes N", "does not agree"},
		{"symbol __module_cert_start 3 0x101010", "symbol __module_cert_start 3 0x101018", "certificate"},
	};
	struct subject s = begin();

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		char *text = replaced(s.text, changes[i].from, changes[i].to);
		struct image image = image_finish(with_note(text, true, NULL));

		for (int scope = 0; scope < 2; scope++) {
			const struct digest_of d =
				digest_with_map(&image, linux_policy, (enum hashsect_scope)scope, NULL, NULL);

			assert_refused_with(&d, changes[i].reason);
		}
		image_free(&image);
		free(text);
	}
	free(s.text);
}

/* Not in the form of a note with a map: then the file has no map. */
static void stripped_files_without_a_note(void **state)
{
	struct subject s = begin();

	(void)state;
	for (int i = 0; i < 3; i++) {
		uint32_t note;
		struct elf_builder *b = with_note(s.text, true, &note);
		struct image image;
		struct digest_of d;

		if (i == 0)
			elf_builder_at(b, note)->flags = SHF_WRITE;
		if (i == 1)
			image_add_note(b, s.text);
		if (i == 2)
			elf_builder_note(b, note, "hidden", 1, "data", 4);
		image = image_finish(b);
		d = digest_with_map(&image, linux_policy, HASHSECT_SCOPE_LOADED, NULL, NULL);
		assert_refused_with(&d, "give the map");
		d = digest_with_map(&image, linux_policy, HASHSECT_SCOPE_LOADED, s.text, NULL);
		assert_digest(&d);
		image_free(&image);
	}
	free(s.text);
}

/* With a map from outside, only a note that is that map does not count. */
static void stripped_files_with_another_map(void **state)
{
	struct subject s = begin();
	char *other = replaced(s.text, ":loaded:e", ":loaded:f");
	struct image plain = image_of("linked-keyring", "64le", true),
		     noted = image_finish(with_note(s.text, true, NULL));
	const struct digest_of d = digest_with_map(&plain, linux_policy, HASHSECT_SCOPE_FILE, other, NULL);
	bool left_out;
	struct digest_of e = digest_with_map(&noted, linux_policy, HASHSECT_SCOPE_FILE, other, &left_out);

	(void)state;
	assert_digest(&d);
	assert_digest(&e);
	assert_false(left_out);
	assert_string_not_equal(d.text, e.text);
	e = digest_with_map(&noted, linux_policy, HASHSECT_SCOPE_FILE, s.text, &left_out);
	assert_digest(&e);
	assert_true(left_out);
	assert_string_equal(d.text, e.text);
	image_free(&plain);
	image_free(&noted);
	free(other);
	free(s.text);
}

/* A note that was right once: other code, another digest, and the old note counts. */
static void note_of_an_older_link(void **state)
{
	struct subject s = begin();
	struct image plain = image_of("linked-keyring", "64le", false),
		     noted = image_finish(with_note(s.text, false, NULL));
	const uint64_t section = elf_builder_section_header(plain.b, elf_builder_find(plain.b, ".text"));
	struct digest_of d, e;
	bool left_out;

	(void)state;
	plain.bytes[elf_builder_get(plain.b, section, ELF_FIELD(Shdr, sh_offset))] ^= 1;
	noted.bytes[elf_builder_get(plain.b, section, ELF_FIELD(Shdr, sh_offset))] ^= 1;
	d = digest_with_map(&plain, linux_policy, HASHSECT_SCOPE_FILE, NULL, NULL);
	e = digest_with_map(&noted, linux_policy, HASHSECT_SCOPE_FILE, NULL, &left_out);
	assert_digest(&d);
	assert_digest(&e);
	assert_false(left_out);
	assert_string_not_equal(d.text, e.text);
	d = digest_with_map(&plain, linux_policy, HASHSECT_SCOPE_LOADED, NULL, NULL);
	e = digest_with_map(&noted, linux_policy, HASHSECT_SCOPE_LOADED, NULL, NULL);
	assert_string_equal(d.text, e.text);
	image_free(&plain);
	image_free(&noted);
	free(s.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(notes_that_are_not_the_map),	   cmocka_unit_test(notes_of_another_form),
		cmocka_unit_test(headers_of_another_form),	   cmocka_unit_test(references_to_the_note),
		cmocka_unit_test(policies_without_a_map),	   cmocka_unit_test(note_in_a_relocatable_file),
		cmocka_unit_test(stripped_files_with_wrong_notes), cmocka_unit_test(stripped_files_without_a_note),
		cmocka_unit_test(stripped_files_with_another_map), cmocka_unit_test(note_of_an_older_link),
	};

	return cmocka_run_group_tests_name("notes with maps", tests, linux_policy_load, linux_policy_free);
}
