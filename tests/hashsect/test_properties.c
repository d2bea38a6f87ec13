// SPDX-License-Identifier: GPL-2.0-or-later
/* The digest properties that hold between files: P1, P2, P4 and P5 of generated ones, in every class and byte order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "digest_of.h"
#include "elf_cases.h"
#include "keyring.h"

static const struct {
	uint8_t class, data;
	uint16_t machine;
} variants[] = {
	{ELFCLASS32, ELFDATA2LSB, EM_386},
	{ELFCLASS32, ELFDATA2MSB, EM_PPC},
	{ELFCLASS64, ELFDATA2LSB, EM_X86_64},
	{ELFCLASS64, ELFDATA2MSB, EM_S390},
};

enum { VARIANTS = sizeof(variants) / sizeof(variants[0]), KEYRING_ROOM = 8192 };

/* How the file that code and data are in is laid out; nothing here may count, except what a test says. */
struct layout {
	const struct keyring *keyring; /* NULL: only references to it */
	bool keyring_last;	       /* its section behind the others, as injection puts it */
	uint64_t gap, trailing;
};

static uint32_t add_keyring(struct elf_builder *b, const struct keyring *keyring)
{
	uint8_t bytes[KEYRING_ROOM];
	const size_t size = keyring_write(b, keyring, bytes);

	return elf_builder_section(b, ".init.rodata.keyring", SHT_PROGBITS, SHF_ALLOC, bytes, size, 8);
}

static struct elf_builder *build(size_t variant, const struct layout *layout)
{
	struct elf_builder *b =
		elf_builder_new(variants[variant].class, variants[variant].data, ET_REL, variants[variant].machine);
	struct keyring_symbols symbols;
	uint32_t text, data, keyring = 0;

	text = case_text(b);
	if (layout->keyring && !layout->keyring_last)
		keyring = add_keyring(b, layout->keyring);
	data = elf_builder_section(b, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, "some data", 9, 8);
	elf_builder_symbol(b, "", CASE_SECTION, 0, data, 0, 0);
	if (layout->keyring && layout->keyring_last)
		keyring = add_keyring(b, layout->keyring);
	symbols = layout->keyring ? keyring_define(b, layout->keyring, keyring, 0) : keyring_undefined(b);
	elf_builder_symbol(b, "after", CASE_FUNCTION, 0, text, 8, 4);
	elf_builder_relocation(b, text, 0, 1, symbols.list, 0);
	elf_builder_relocation(b, text, 8, 1, symbols.module_size, 4);
	elf_builder_relocation(b, text, 16, 1, symbols.list_size, 4);
	elf_builder_relocation(b, data, 0, 1, elf_builder_symbol(b, "last", CASE_GLOBAL, 0, data, 4, 0), 0);
	elf_builder_at(b, data)->gap = layout->gap;
	elf_builder_trailing(b, layout->trailing);
	return b;
}

/* In both scopes, one behind the other. */
static void digest_of_layout(size_t variant, const struct layout *layout, char text[512])
{
	struct elf_builder *b = build(variant, layout);
	struct hashsect_policy *policy;
	struct elfsect_error error;
	size_t size;
	const uint8_t *image = elf_builder_finish(b, &size);

	assert_int_equal(hashsect_policy_builtin("linux", &policy, &error), 0);
	*text = 0;
	for (int scope = HASHSECT_SCOPE_FILE; scope <= HASHSECT_SCOPE_LOADED; scope++) {
		const struct digest_of d = digest_of_bytes(image, size, policy, (enum hashsect_scope)scope);

		if (!d.text[0])
			fail_msg("variant %zu: refused: %s", variant, d.error.message);
		strcat(text, d.text);
	}
	hashsect_policy_free(policy);
	elf_builder_free(b);
}

static const struct keyring p256 = {.module = &test_certificate_p256};
static const struct keyring rsa = {.module = &test_certificate_rsa2048};
static const struct keyring empty = {0};
static const struct keyring slot = {.module = &test_certificate_p256, .slot = 1500};
static const struct keyring slot_used = {
	.module = &test_certificate_p256, .slot = 1500, .inserted = &test_certificate_rsa2048};
static const struct keyring configured = {.module = &test_certificate_p256, .configured = &test_certificate_rsa2048};
static const struct keyring configured_too = {.module = &test_certificate_rsa2048,
					      .configured = &test_certificate_rsa2048};

/* P1 and P2: keys of any length, no key, a slot, a filled slot, the section elsewhere, or not there. */
static void keyring_does_not_count(void **state)
{
	static const struct layout layouts[] = {
		{.keyring = &p256}, {.keyring = &rsa},	     {.keyring = &empty},
		{.keyring = &slot}, {.keyring = &slot_used}, {.keyring = &rsa, .keyring_last = true},
		{.keyring = NULL},
	};

	(void)state;
	for (size_t v = 0; v < VARIANTS; v++) {
		char first[512], other[512];

		digest_of_layout(v, &layouts[0], first);
		for (size_t i = 1; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
			digest_of_layout(v, &layouts[i], other);
			assert_string_equal(first, other);
		}
	}
}

static void configured_certificates_count(void **state)
{
	(void)state;
	for (size_t v = 0; v < VARIANTS; v++) {
		char plain[512], with[512], with_other_key[512];

		digest_of_layout(v, &(struct layout){.keyring = &p256}, plain);
		digest_of_layout(v, &(struct layout){.keyring = &configured}, with);
		digest_of_layout(v, &(struct layout){.keyring = &configured_too}, with_other_key);
		assert_string_not_equal(plain, with);
		assert_string_equal(with, with_other_key);
	}
}

/* P5: gaps and trailing zeros. */
static void layout_does_not_count(void **state)
{
	(void)state;
	for (size_t v = 0; v < VARIANTS; v++) {
		char first[512], other[512];

		digest_of_layout(v, &(struct layout){.keyring = &p256}, first);
		digest_of_layout(v, &(struct layout){.keyring = &p256, .gap = 4096, .trailing = 100}, other);
		assert_string_equal(first, other);
	}
}

/* The keyring first, with a section symbol, or last, without: all numbers of sections and symbols move. */
static void numbering_does_not_count(void **state)
{
	(void)state;
	for (size_t v = 0; v < VARIANTS; v++) {
		struct digest_of d[2];

		for (int last = 0; last < 2; last++) {
			struct elf_builder *b =
				elf_builder_new(variants[v].class, variants[v].data, ET_REL, variants[v].machine);
			uint32_t keyring = last ? 0 : add_keyring(b, &p256);

			if (!last)
				elf_builder_symbol(b, "", CASE_SECTION, 0, keyring, 0, 0);
			case_text(b);
			if (last)
				keyring = add_keyring(b, &p256);
			keyring_define(b, &p256, keyring, 0);
			d[last] = digest_of_builder(b, "linux");
			elf_builder_free(b);
		}
		assert_true(d[0].text[0]);
		assert_string_equal(d[0].text, d[1].text);
	}
}

static void options_digest(const struct elfsect_view *view, const char *hash, unsigned int threads, char text[256])
{
	struct hashsect_policy *policy;
	struct hashsect_digest *digest;
	struct elfsect_error error;

	assert_int_equal(hashsect_policy_builtin("linux", &policy, &error), 0);
	if (hashsect_digest(view,
			    &(struct hashsect_options){HASHSECT_OPTIONS_INIT, .policy = policy, .hash = hash,
						       .threads = threads},
			    &digest, &error))
		fail_msg("%s", error.message);
	assert_true(strlen(digest->tagged) < 256);
	strcpy(text, digest->tagged);
	hashsect_digest_free(digest);
	hashsect_policy_free(policy);
}

/* P4: the number of workers. A section of several chunks, and relocations of several. */
static void threads_do_not_count(void **state)
{
	struct elf_builder *b = build(2, &(struct layout){.keyring = &p256});
	const uint32_t large = elf_builder_section(b, ".large", SHT_PROGBITS, 0, NULL, 5000000, 8);
	const uint32_t symbol = elf_builder_symbol(b, "in_large", CASE_GLOBAL, 0, large, 4000000, 0);
	struct elfsect_view *view;
	struct elfsect_error error;
	char first[256], other[256];
	const uint8_t *image;
	size_t size;

	(void)state;
	for (unsigned int i = 0; i < 70000; i++)
		elf_builder_relocation(b, large, 8 * (uint64_t)i, R_X86_64_64, symbol, i);
	image = elf_builder_finish(b, &size);
	assert_int_equal(elfsect_view_of_memory(image, size, "test", &view, &error), 0);
	options_digest(view, "sha256", 1, first);
	for (unsigned int threads = 2; threads <= 40; threads += 19) {
		options_digest(view, "sha256", threads, other);
		assert_string_equal(first, other);
	}
	options_digest(view, "sha512", 1, first);
	options_digest(view, "sha512", 3, other);
	assert_string_equal(first, other);
	elfsect_view_close(view);
	elf_builder_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keyring_does_not_count), cmocka_unit_test(configured_certificates_count),
		cmocka_unit_test(layout_does_not_count),  cmocka_unit_test(numbering_does_not_count),
		cmocka_unit_test(threads_do_not_count),
	};

	return cmocka_run_group_tests_name("properties", tests, NULL, NULL);
}
