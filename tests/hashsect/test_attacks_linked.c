// SPDX-License-Identifier: GPL-2.0-or-later
/* Ways to have something else loaded than what is hashed, or to hide it behind a mask, in linked files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "digest_of.h"
#include "elf_cases.h"
#include "keyring.h"

enum { BASE = 0x100000, PHYSICAL = 0x2000, KEYRING_ROOM = 8192, KEYRING_AT = 64 };

/* Two PT_LOADs: .text with .notes, and .init.data with a keyring in its middle; a PT_NOTE. */
struct target {
	struct elf_builder *b;
	uint32_t text, notes, init, comment;
	uint32_t load_text, load_init, note;
	struct keyring_symbols symbols;
};

static const struct keyring keyring = {.module = &test_certificate_p256, .slot = 64};

static uint32_t place(struct elf_builder *b, const char *name, uint32_t type, uint64_t flags, const void *bytes,
		      uint64_t size, uint64_t addr)
{
	const uint32_t index = elf_builder_section(b, name, type, flags, bytes, size, type == SHT_NOTE ? 4 : 8);

	elf_builder_at(b, index)->addr = addr;
	return index;
}

/* Sections and symbols, so that a test can add its own; segments come with finish_target(). */
static struct target begin_with(uint16_t type, const struct keyring *k)
{
	struct target t = {.b = elf_builder_new(ELFCLASS64, ELFDATA2LSB, type, EM_X86_64)};
	uint8_t bytes[KEYRING_ROOM] = {1};
	const size_t size = keyring_write(t.b, k, bytes + KEYRING_AT);

	t.text = place(t.b, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, "0123456789abcdef", 16, BASE);
	t.notes = place(t.b, ".notes", SHT_NOTE, SHF_ALLOC, NULL, 0, BASE + 0x40);
	elf_builder_note(t.b, t.notes, "Linux", 0x101, "6.12", 4);
	elf_builder_note(t.b, t.notes, "GNU", NT_GNU_BUILD_ID, "abcdefghijklmnopqrst", 20);
	t.init = place(t.b, ".init.data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, bytes, KEYRING_AT + size + 64,
		       BASE + 0x1000);
	t.symbols = keyring_define(t.b, k, t.init, BASE + 0x1000 + KEYRING_AT);
	return t;
}

static struct target begin_target(uint16_t type)
{
	return begin_with(type, &keyring);
}

static void add_segments(struct target *t, uint32_t last_of_text)
{
	t->load_text = elf_builder_segment(t->b, PT_LOAD, PF_R | PF_X, t->text, last_of_text, PHYSICAL);
	t->load_init = elf_builder_segment(t->b, PT_LOAD, PF_R | PF_W, t->init, t->init, PHYSICAL + 0x1000);
	t->note = elf_builder_segment(t->b, PT_NOTE, PF_R, t->notes, t->notes, PHYSICAL + 0x40);
}

static struct target target(void)
{
	struct target t = begin_target(ET_EXEC);

	t.comment = elf_builder_section(t.b, ".comment", SHT_PROGBITS, 0, "made by hand", 12, 1);
	add_segments(&t, t.notes);
	return t;
}

/* A finished target, whose headers can be changed. */
static struct target finished(void)
{
	struct target t = target();
	size_t size;

	elf_builder_finish(t.b, &size);
	return t;
}

static uint64_t segment_field(const struct target *t, uint32_t segment, struct elf_field field)
{
	return elf_builder_get(t->b, elf_builder_program_header(t->b, segment), field);
}

static void nothing_wrong(void **state)
{
	(void)state;
	assert_accepted(target().b, "linux");
	assert_accepted(target().b, "strict");
}

/* ------------------------------------------------------------------------------------------------------ segments */

/* The section header says where the hashed bytes are, the program header what is loaded. */
static void segment_elsewhere(void **state)
{
	struct target t = finished();

	(void)state;
	elf_set_segment(t.b, t.load_text, p_offset, segment_field(&t, t.load_text, ELF_FIELD(Phdr, p_offset)) + 8);
	assert_refused(t.b, "linux", "modulo p_align");
	t = finished();
	elf_set_segment(t.b, t.load_text, p_vaddr, BASE + 8);
	elf_set_segment(t.b, t.load_text, p_align, 1);
	assert_refused(t.b, "linux", "not inside exactly one PT_LOAD");
	t = finished();
	elf_set_section(t.b, t.text, sh_addr, BASE + 16);
	assert_refused(t.b, "linux", "not inside exactly one PT_LOAD");
	t = finished();
	elf_set_segment(t.b, t.note, p_offset, segment_field(&t, t.note, ELF_FIELD(Phdr, p_offset)) + 4);
	assert_refused(t.b, "linux", "program header 2");
}

static void segments_overlap(void **state)
{
	struct target t = finished();

	(void)state;
	elf_set_segment(t.b, t.load_init, p_paddr, PHYSICAL + 8);
	assert_refused(t.b, "linux", "overlaps another PT_LOAD in physical memory");
	t = finished();
	elf_set_segment(t.b, t.load_text, p_memsz, 0x1000 + KEYRING_AT + 1); /* over the masks of the other */
	elf_set_segment(t.b, t.load_init, p_paddr, 2 * PHYSICAL);
	assert_refused(t.b, "linux", "2 PT_LOADs have the addresses of bytes that rule keyring excludes");
	t = finished();
	elf_set_segment(t.b, t.load_text, p_memsz, 0x1000 + KEYRING_AT);
	elf_set_segment(t.b, t.load_init, p_paddr, 2 * PHYSICAL);
	assert_accepted(t.b, "linux");
	t = finished();
	elf_set_segment(t.b, t.load_init, p_align, 1);
	elf_set_segment(t.b, t.load_init, p_offset, segment_field(&t, t.load_text, ELF_FIELD(Phdr, p_offset)));
	assert_refused(t.b, "linux", "overlaps another PT_LOAD in the file");
	t = finished();
	elf_set_segment(t.b, t.load_text, p_filesz, 0x7fffffff);
	assert_refused(t.b, "linux", "outside the file");
	t = finished();
	elf_set_segment(t.b, t.load_text, p_memsz, 1);
	assert_refused(t.b, "linux", "p_filesz is more than p_memsz");
	t = finished();
	elf_set_segment(t.b, t.load_text, p_vaddr, UINT64_MAX - 16);
	elf_set_segment(t.b, t.load_text, p_align, 1);
	assert_refused(t.b, "linux", "overflows");
}

/* Where the ELF header is loaded, e_phoff and p_offset would choose what is there. */
static void part_of_the_header(void **state)
{
	struct target t = finished();
	const uint64_t text = segment_field(&t, t.load_text, ELF_FIELD(Phdr, p_offset));

	(void)state;
	elf_set_segment(t.b, t.load_text, p_align, 1);
	elf_set_segment(t.b, t.load_text, p_offset, text - 0x70);
	elf_set_segment(t.b, t.load_text, p_vaddr, BASE - 0x70);
	elf_set_segment(t.b, t.load_text, p_paddr, PHYSICAL - 0x70);
	assert_refused(t.b, "linux", "holds part of the ELF header or of the program headers");
	t = finished();
	elf_set_segment(t.b, t.load_text, p_align, 3);
	assert_refused(t.b, "linux", "no power of two");
}

/* Masked bytes are free: nothing may execute them, or take them for an interpreter or for notes. */
static void ways_into_the_mask(void **state)
{
	struct target t = finished();
	const uint64_t notes = segment_field(&t, t.note, ELF_FIELD(Phdr, p_offset));
	const uint64_t size = segment_field(&t, t.note, ELF_FIELD(Phdr, p_filesz)), descriptor = size - 20;

	(void)state;
	elf_set_header(t.b, e_entry, BASE + 0x40 + descriptor + 4);
	assert_refused(t.b, "linux", "the entry point lies in bytes that rule build-id excludes");
	t = finished();
	elf_set_header(t.b, e_entry, PHYSICAL + 0x1000 + KEYRING_AT + 4); /* physical, as on x86 */
	assert_refused(t.b, "linux", "the entry point lies in bytes that rule keyring excludes");
	t = finished();
	elf_set_segment(t.b, t.note, p_type, PT_INTERP);
	assert_refused(
		t.b, "linux",
		"a segment that is no PT_NOTE with the form of its sections lies in bytes that rule build-id excludes");
	t = finished();
	elf_set_segment(t.b, t.note, p_offset, notes + descriptor);
	elf_set_segment(t.b, t.note, p_vaddr, BASE + 0x40 + descriptor);
	elf_set_segment(t.b, t.note, p_filesz, 20);
	assert_refused(
		t.b, "linux",
		"a segment that is no PT_NOTE with the form of its sections lies in bytes that rule build-id excludes");
	t = finished();
	elf_set_segment(t.b, t.note, p_align, 8);
	assert_refused(
		t.b, "linux",
		"a segment that is no PT_NOTE with the form of its sections lies in bytes that rule build-id excludes");
	t = begin_target(ET_EXEC);
	elf_builder_symbol(t.b, "hook", CASE_FUNCTION, 0, t.notes, BASE + 0x40 + descriptor, 0);
	add_segments(&t, t.notes);
	assert_refused(t.b, "linux", "a symbol lies in bytes that rule build-id excludes");
}

/* Bytes that are loaded, but belong to a section that scope `loaded` does not look at. */
static void hidden_section_in_a_segment(void **state)
{
	struct target t = finished();

	(void)state;
	elf_set_section(t.b, t.init, sh_flags, SHF_WRITE);
	assert_refused(t.b, "strict", "not allocated, but inside a PT_LOAD");
}

/* Bytes that are loaded and belong to no section. */
static void hidden_bytes_in_a_gap(void **state)
{
	struct target t = target();
	size_t size;
	uint8_t *image;

	(void)state;
	image = elf_builder_finish(t.b, &size);
	image[segment_field(&t, t.load_text, ELF_FIELD(Phdr, p_offset)) + 16] = 0xcc;
	assert_refused(t.b, "strict", "in a gap between sections");
}

/* strip of GNU and LLVM work out load addresses from where an empty section stands: it counts where files count. */
static void place_of_an_empty_section(void **state)
{
	struct hashsect_policy *policy;
	struct digest_of d[2][2];
	struct elfsect_error error;

	(void)state;
	assert_int_equal(hashsect_policy_builtin("strict", &policy, &error), 0);
	for (unsigned int moved = 0; moved < 2; moved++) {
		struct target t = begin_target(ET_EXEC);
		const uint32_t empty = place(t.b, ".empty", SHT_PROGBITS, SHF_ALLOC, NULL, 0, BASE + 0x1000);
		uint8_t *image;
		size_t size;

		add_segments(&t, t.notes);
		image = elf_builder_finish(t.b, &size);
		elf_set_section(t.b, empty, sh_offset, moved ? 0x40 : 0x41);
		for (unsigned int scope = 0; scope < 2; scope++) {
			d[scope][moved] = digest_of_bytes(image, size, policy,
							  scope ? HASHSECT_SCOPE_LOADED : HASHSECT_SCOPE_FILE);
			assert_true(d[scope][moved].text[0]);
		}
		elf_builder_free(t.b);
	}
	assert_string_not_equal(d[0][0].text, d[0][1].text);
	assert_string_equal(d[1][0].text, d[1][1].text);
	hashsect_policy_free(policy);
}

static void bytes_after_the_end(void **state)
{
	struct target t = begin_target(ET_EXEC);
	size_t size;
	uint8_t *image;

	(void)state;
	add_segments(&t, t.notes);
	elf_builder_trailing(t.b, 16);
	image = elf_builder_finish(t.b, &size);
	image[size - 1] = 1;
	assert_refused(t.b, "strict", "after the last section or table");
}

/* ------------------------------------------------------------------------------------------------------ build-id */

static void two_build_ids(void **state)
{
	struct target t = begin_target(ET_EXEC);

	(void)state;
	elf_builder_note(t.b, t.notes, "GNU", NT_GNU_BUILD_ID, "ABCDEFGHIJKLMNOPQRST", 20);
	add_segments(&t, t.notes);
	assert_refused(t.b, "linux", "a second note of the kind that the policy excludes");
}

static void build_id_of_another_size(void **state)
{
	struct target t = begin_target(ET_EXEC);

	(void)state;
	free(elf_builder_at(t.b, t.notes)->bytes);
	elf_builder_at(t.b, t.notes)->bytes = NULL;
	elf_builder_at(t.b, t.notes)->size = 0;
	elf_builder_note(t.b, t.notes, "GNU", NT_GNU_BUILD_ID, "0123456789abcdef0123456789abcdef", 32);
	add_segments(&t, t.notes);
	assert_refused(t.b, "linux", "the policy wants a descriptor of 20 bytes, it has 32");
}

/* Only the descriptor is free: flip one bit in every byte of the notes. */
static void only_the_descriptor_is_masked(void **state)
{
	struct target t = target();
	const struct digest_of before = digest_of_builder(t.b, "linux");
	size_t size;
	uint8_t *image = elf_builder_finish(t.b, &size);
	const uint64_t at = segment_field(&t, t.note, ELF_FIELD(Phdr, p_offset));
	const uint64_t length = segment_field(&t, t.note, ELF_FIELD(Phdr, p_filesz));
	unsigned int unchanged = 0;

	(void)state;
	assert_true(before.text[0]);
	for (uint64_t i = 0; i < length; i++) {
		struct digest_of after;

		image[at + i] ^= 0x40;
		after = digest_of_builder(t.b, "linux");
		image[at + i] ^= 0x40;
		unchanged += !strcmp(before.text, after.text);
		if (!strcmp(before.text, after.text) && i < length - 20)
			fail_msg("byte %ju of the notes does not count", (uintmax_t)i);
	}
	assert_int_equal(unchanged, 20);
	elf_builder_free(t.b);
}

/* -------------------------------------------------------------------------------------------------- relocations */

enum { WORD = 8 };

/* A position-independent kernel relocates itself at start-up: its tables must not reach into the mask. */
static struct target with_table(uint32_t type, uint64_t entsize, uint64_t size, uint64_t first_word,
				uint64_t second_word)
{
	struct target t = begin_target(ET_DYN);
	const uint32_t table = place(t.b, ".dynamic_table", type, SHF_ALLOC, NULL, size, BASE + 0x100);

	elf_builder_at(t.b, table)->entsize = entsize;
	elf_builder_put(t.b, table, 0, WORD, first_word);
	elf_builder_put(t.b, table, WORD, WORD, second_word);
	t.load_init = elf_builder_segment(t.b, PT_LOAD, PF_R | PF_W, t.init, t.init, PHYSICAL + 0x1000);
	elf_builder_segment(t.b, PT_LOAD, PF_R | PF_X, t.text, t.notes, PHYSICAL);
	elf_builder_segment(t.b, PT_LOAD, PF_R, table, table, PHYSICAL + 0x100);
	return t;
}

static void dynamic_relocations(void **state)
{
	const uint64_t start = BASE + 0x1000 + KEYRING_AT;

	(void)state;
	assert_accepted(with_table(SHT_RELA, 3 * WORD, 3 * WORD, start - WORD, R_X86_64_64).b, "linux");
	assert_refused(with_table(SHT_RELA, 3 * WORD, 3 * WORD, start - WORD + 1, R_X86_64_64).b, "linux",
		       "patches bytes that rule keyring excludes");
	assert_refused(with_table(SHT_REL, 2 * WORD, 2 * WORD, start + 100, R_X86_64_RELATIVE).b, "linux",
		       "patches bytes that rule keyring excludes");
	assert_refused(with_table(SHT_REL, WORD, 2 * WORD, start - 100, R_X86_64_RELATIVE).b, "linux", "sh_entsize");
}

static void packed_relocations(void **state)
{
	const uint64_t start = BASE + 0x1000 + KEYRING_AT;

	(void)state;
	assert_accepted(with_table(SHT_RELR, WORD, 2 * WORD, start - 2 * WORD, 3).b, "linux");
	assert_refused(with_table(SHT_RELR, WORD, 2 * WORD, start, 1).b, "linux",
		       "patches bytes that rule keyring excludes");
	assert_refused(with_table(SHT_RELR, WORD, 2 * WORD, start - 2 * WORD, 5).b, "linux",
		       "patches bytes that rule keyring excludes");
	/* The last bit of a bitmap reaches 62 words beyond its base. */
	assert_refused(with_table(SHT_RELR, WORD, 2 * WORD, start - 62 * WORD, UINT64_C(1) << 63 | 1).b, "linux",
		       "patches bytes that rule keyring excludes");
	assert_accepted(with_table(SHT_RELR, WORD, 2 * WORD, start - 64 * WORD, UINT64_C(1) << 63 | 1).b, "linux");
	assert_refused(with_table(SHT_RELR, WORD, 2 * WORD, 3, 3).b, "linux", "begins with a bitmap");
	assert_refused(with_table(SHT_RELR, 4, 2 * WORD, start - WORD, 1).b, "linux", "sh_entsize");
}

/* Relocations that the linker kept (--emit-relocs) say what it patched. */
static void kept_relocations(void **state)
{
	struct target t = begin_target(ET_EXEC);

	(void)state;
	/* Those of .text, with an address in the keyring. */
	elf_builder_relocation(t.b, t.text, BASE + 0x1000 + KEYRING_AT + 3, R_X86_64_64, t.symbols.list, 0);
	add_segments(&t, t.notes);
	assert_refused(t.b, "linux", "patches bytes that rule keyring excludes");
	for (int inside = 0; inside < 2; inside++) {
		t = begin_target(ET_EXEC);
		elf_builder_relocation(t.b, t.init, BASE + 0x1000 + (inside ? KEYRING_AT + 3 : 8), R_X86_64_64,
				       t.symbols.list, 0);
		add_segments(&t, t.notes);
		if (inside)
			assert_refused(t.b, "linux", "patches bytes that rule keyring excludes");
		else
			assert_accepted(t.b, "linux");
	}
}

/* -------------------------------------------------------------------------------------------------------- masks */

static void mask_outside_its_section(void **state)
{
	struct target t = finished();

	(void)state;
	elf_set_symbol(t.b, t.symbols.module_size, st_value, BASE + 0x1000 + 7000);
	assert_refused(t.b, "linux", "the symbol lies outside its section");
	t = finished();
	elf_set_symbol(t.b, t.symbols.module_size, st_value, BASE - 16);
	assert_refused(t.b, "linux", "the symbol lies outside its section");
}

static void masks_overlap(void **state)
{
	struct target t = finished();

	(void)state;
	elf_set_symbol(t.b, t.symbols.module_size, st_value, BASE + 0x1000 + KEYRING_AT);
	assert_refused(t.b, "linux", "");
}

static void hashes_over_the_keyring(void **state)
{
	struct target t = begin_target(ET_EXEC);

	(void)state;
	elf_builder_symbol(t.b, "__start_module_hashes", CASE_GLOBAL, 0, t.init, BASE + 0x1000 + KEYRING_AT, 0);
	elf_builder_symbol(t.b, "__stop_module_hashes", CASE_GLOBAL, 0, t.init, BASE + 0x1000 + KEYRING_AT + 64, 0);
	add_segments(&t, t.notes);
	assert_refused(t.b, "linux", "excluded ranges overlap");
}

static void garbage_behind_the_mask(void **state)
{
	struct target t = begin_target(ET_EXEC);

	(void)state;
	elf_builder_at(t.b, t.init)->bytes[KEYRING_AT + 20] ^= 1;
	add_segments(&t, t.notes);
	assert_refused(t.b, "linux", "certificate");
	t = begin_target(ET_EXEC);
	elf_builder_at(t.b, t.init)->bytes[KEYRING_AT + test_certificate_p256.size + 5] = 1; /* in the unused slot */
	add_segments(&t, t.notes);
	assert_refused(t.b, "linux", "a byte that should be zero");
}

/* The words of a masked keyring must be what the symbols say. */
static void wrong_lengths_behind_the_mask(void **state)
{
	(void)state;
	for (int word = 0; word < 2; word++) {
		struct target t = begin_target(ET_EXEC);
		uint8_t bytes[KEYRING_ROOM];
		const size_t size = keyring_write(t.b, &keyring, bytes);

		elf_builder_at(t.b, t.init)->bytes[KEYRING_AT + size - 8 - 8 * (size_t)word] ^= 1;
		add_segments(&t, t.notes);
		assert_refused(t.b, "linux", "rule keyring");
	}
}

/* In scope loaded. Releases the builder. */
static struct digest_of loaded_digest(struct elf_builder *b)
{
	struct hashsect_policy *policy;
	struct elfsect_error error;
	struct digest_of d;
	size_t size;
	const uint8_t *image = elf_builder_finish(b, &size);

	assert_int_equal(hashsect_policy_builtin("linux", &policy, &error), 0);
	d = digest_of_bytes(image, size, policy, HASHSECT_SCOPE_LOADED);
	hashsect_policy_free(policy);
	elf_builder_free(b);
	if (!d.text[0])
		fail_msg("refused: %s", d.error.message);
	return d;
}

/*
 * The length word says how far the kernel reads the list. It is masked; in scope loaded, and with a map, the places of
 * the names count that it is compared with: a list that is cut short, or reaches further, has another digest.
 */
static void list_of_another_length(void **state)
{
	static const struct {
		size_t slot;
		int64_t start, end; /* how far these symbols are moved */
		const char *reason;
	} cases[] = {
		{64, 0, 0, NULL},
		{0, 0, 0, NULL},
		{64, 0, -1, "the slot is not right behind"}, /* the configured certificate is dropped */
		{0, 0, -1, NULL},
		{64, 0, 8, "the slot is not right behind"},
		{0, 0, 1, NULL},
		{0, 0, 16, NULL},
		{64, 8, 0, "does not start with the module certificate"},
		{0, -8, 0, "does not start with the module certificate"},
	};

	struct digest_of loaded, unmoved = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct test_certificate *configured = &test_certificate_rsa2048;
		const struct keyring k = {
			.module = &test_certificate_p256, .configured = configured, .slot = cases[i].slot};
		const uint64_t list = BASE + 0x1000 + KEYRING_AT;
		const int64_t end = cases[i].end == -1 ? -(int64_t)configured->size : cases[i].end;
		const uint64_t length = k.module->size + configured->size;
		struct target t = begin_with(ET_EXEC, &k);
		uint8_t bytes[KEYRING_ROOM];
		const size_t word = keyring_write(t.b, &k, bytes) - 16;
		size_t size;

		store_u64(elf_builder_at(t.b, t.init)->bytes + KEYRING_AT + word, ELFDATA2LSB,
			  length + (uint64_t)(end - cases[i].start));
		add_segments(&t, t.notes);
		elf_builder_finish(t.b, &size);
		elf_set_symbol(t.b, t.symbols.list, st_value, list + (uint64_t)cases[i].start);
		elf_set_symbol(t.b, t.symbols.list_start, st_value, list + (uint64_t)cases[i].start);
		elf_set_symbol(t.b, t.symbols.list_end, st_value, list + length + (uint64_t)end);
		if (cases[i].reason) {
			assert_refused(t.b, "linux", cases[i].reason);
			continue;
		}
		loaded = loaded_digest(t.b);
		if (!cases[i].end)
			unmoved = loaded;
		else
			assert_string_not_equal(loaded.text, unmoved.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_wrong),
		cmocka_unit_test(segment_elsewhere),
		cmocka_unit_test(segments_overlap),
		cmocka_unit_test(part_of_the_header),
		cmocka_unit_test(ways_into_the_mask),
		cmocka_unit_test(hidden_section_in_a_segment),
		cmocka_unit_test(hidden_bytes_in_a_gap),
		cmocka_unit_test(place_of_an_empty_section),
		cmocka_unit_test(bytes_after_the_end),
		cmocka_unit_test(two_build_ids),
		cmocka_unit_test(build_id_of_another_size),
		cmocka_unit_test(only_the_descriptor_is_masked),
		cmocka_unit_test(dynamic_relocations),
		cmocka_unit_test(packed_relocations),
		cmocka_unit_test(kept_relocations),
		cmocka_unit_test(mask_outside_its_section),
		cmocka_unit_test(masks_overlap),
		cmocka_unit_test(hashes_over_the_keyring),
		cmocka_unit_test(garbage_behind_the_mask),
		cmocka_unit_test(wrong_lengths_behind_the_mask),
		cmocka_unit_test(list_of_another_length),
	};

	return cmocka_run_group_tests_name("attacks on linked files", tests, NULL, NULL);
}
