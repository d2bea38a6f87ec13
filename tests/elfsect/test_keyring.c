// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading the certificates of a kernel, and refusing every list that is not one. */
#include <stdlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "elf_builder_internal.h"
#include "kernel_file.h"
#include "make_certificate.h"
#include "sample.h"

static const struct test_certificate *const p256 = &test_certificate_p256, *const rsa = &test_certificate_rsa2048;

/* Finish, try to read, expect a refusal that names file and place. */
static void refused(struct kernel k, const char *slot, int code, const char *word)
{
	struct elfsect_error error = {""};
	struct elfsect_keyring *keyring = NULL;
	struct edited e;

	edited_start(&e, k.b);
	expect_refusal(elfsect_keyring_open(e.view, NULL, slot, &keyring, &error), code, &error, word);
	assert_null(keyring);
	assert_null(strchr(error.message, '\n'));
	if (code == EBADMSG)
		assert_non_null(strstr(error.message, ", offset 0x"));
	edited_end(&e);
}

/* ------------------------------------------------------------------------------------------------------- reading */

static void read_all(void **state)
{
	const struct keyring full = {.module = p256, .configured = rsa, .slot = KERNEL_ROOM, .inserted = p256};
	const struct keyring bare = {.module = rsa};

	for (enum form form = 0; form < FORMS; form++) {
		struct elfsect_keyring *keyring;
		struct edited e;
		size_t count;

		edited_start(&e, kernel_make(*state, form, &full).b);
		keyring = keyring_of(e.view, NULL);
		expect_certificate(keyring, 1, 3, "linux-keyring", p256->size, rsa);
		assert_string_equal(elfsect_keyring_certificates(keyring, &count)[2].slot, "linux-extra-cert");
		elfsect_keyring_close(keyring);
		keyring = keyring_of(e.view, "linux-extra-cert");
		expect_certificate(keyring, 0, 1, "linux-extra-cert", 0, p256);
		elfsect_keyring_close(keyring);
		keyring = keyring_of(e.view, "linux-keyring");
		expect_certificate(keyring, 0, 2, "linux-keyring", 0, p256);
		elfsect_keyring_close(keyring);
		edited_end(&e);

		edited_start(&e, kernel_make(*state, form, &bare).b);
		keyring = keyring_of(e.view, NULL);
		expect_certificate(keyring, 0, 1, "linux-keyring", 0, rsa);
		elfsect_keyring_close(keyring);
		edited_end(&e);
		refused(kernel_make(*state, form, &bare), "linux-extra-cert", ENOENT, "system_extra_cert");
	}
}

/* What is put behind an empty list is the list. */
static void nothing_built_in(void **state)
{
	const struct keyring empty = {.slot = KERNEL_ROOM, .inserted = rsa};
	const struct keyring none = {.slot = KERNEL_ROOM}, nothing = {0};

	for (enum form form = 0; form < FORMS; form++) {
		struct elfsect_keyring *keyring;
		struct edited e;

		edited_start(&e, kernel_make(*state, form, &empty).b);
		keyring = keyring_of(e.view, "linux-keyring");
		expect_certificate(keyring, 0, 1, "linux-keyring", 0, rsa);
		elfsect_keyring_close(keyring);
		keyring = keyring_of(e.view, NULL);
		expect_certificate(keyring, 0, 1, "linux-extra-cert", 0, rsa);
		elfsect_keyring_close(keyring);
		edited_end(&e);
		for (int i = 0; i < 2; i++) {
			size_t count;

			edited_start(&e, kernel_make(*state, form, i ? &none : &nothing).b);
			keyring = keyring_of(e.view, NULL);
			elfsect_keyring_certificates(keyring, &count);
			assert_int_equal(count, 0);
			elfsect_keyring_close(keyring);
			edited_end(&e);
		}
	}
}

static void default_slots(void **state)
{
	const struct keyring with = {.module = p256, .slot = KERNEL_ROOM}, without = {.module = p256};
	const char *slot;
	struct edited e;

	edited_start(&e, kernel_make(*state, LINKED, &with).b);
	assert_int_equal(elfsect_keyring_default_slot(e.view, NULL, &slot, NULL), 0);
	assert_string_equal(slot, "linux-extra-cert");
	edited_end(&e);
	edited_start(&e, kernel_make(*state, STOCK, &without).b);
	assert_int_equal(elfsect_keyring_default_slot(e.view, NULL, &slot, NULL), 0);
	assert_string_equal(slot, "linux-keyring");
	edited_end(&e);
}

/* ------------------------------------------------------------------------------------------------------ refusals */

static uint64_t used_word(const struct kernel *k, const struct keyring *keyring)
{
	const uint64_t built_in = keyring->module ? keyring->module->size : 0;

	return (k->offset + built_in + keyring->slot + 3) / 4 * 4;
}

static void bytes_that_are_no_list(void **state)
{
	const struct keyring keyring = {.module = p256, .slot = KERNEL_ROOM, .inserted = rsa};
	const uint64_t room = KERNEL_BEFORE + p256->size, last = room + KERNEL_ROOM - 1;
	static const struct {
		int where; /* 0: in the built-in list, 1: in the room */
		uint64_t at;
		uint8_t byte;
		const char *word;
	} changes[] = {
		{0, 0, 0x31, "tag 0x31"},	  {0, 1, 0x80, "indefinite"},	    {0, 1, 0x83, "room"},
		{0, 3, 0x00, "linux-keyring"},	  {0, 4, 0x31, "tag 0x31"},	    {1, 0, 0x00, "tag 0x00"},
		{1, 2, 0x7f, "linux-extra-cert"}, {1, 3, 0x00, "linux-extra-cert"}, {1, 5, 0x00, "linux-extra-cert"},
	};

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct kernel k = kernel_make(*state, LINKED, &keyring);

		elf_builder_put(k.b, k.section, (changes[i].where ? room : KERNEL_BEFORE) + changes[i].at, 1,
				changes[i].byte);
		refused(k, NULL, EBADMSG, changes[i].word);
	}
	for (uint64_t at = room + rsa->size; at <= last; at += last - room - rsa->size) {
		struct kernel k = kernel_make(*state, LINKED, &keyring);

		elf_builder_put(k.b, k.section, at, 1, 1);
		refused(k, NULL, EBADMSG, "not zero behind the bytes that are used");
	}
}

/* Words that fit each other, but not the certificates. */
static void used_words(void **state)
{
	const struct keyring keyring = {.module = p256, .slot = KERNEL_ROOM, .inserted = rsa};

	for (int change = -1; change <= 1; change++) {
		struct kernel k = kernel_make(*state, LINKED, &keyring);
		const uint64_t used = used_word(&k, &keyring), size = rsa->size + (uint64_t)change;

		elf_builder_put(k.b, k.section, used, 4, size);
		elf_builder_put(k.b, k.section, (used + 4 + 7) / 8 * 8, case_word_size(k.b), p256->size + size);
		if (change)
			refused(k, NULL, EBADMSG, "linux-extra-cert");
		else
			elf_builder_free((elf_builder_finish(k.b, &(size_t){0}), k.b));
	}
	{
		struct kernel k = kernel_make(*state, LINKED, &keyring);

		elf_builder_put(k.b, k.section, used_word(&k, &keyring), 4, KERNEL_ROOM + 1);
		refused(k, NULL, EINVAL, "system_extra_cert_used");
		k = kernel_make(*state, LINKED, &keyring);
		elf_builder_put(k.b, k.section, used_word(&k, &keyring), 4, 0);
		refused(k, NULL, EINVAL, "system_certificate_list_size");
	}
}

static void symbols_that_disagree(void **state)
{
	const struct keyring keyring = {.module = p256}, with_room = {.module = p256, .slot = KERNEL_ROOM};
	struct kernel k = kernel_start(*state, LINKED, &keyring);
	const uint64_t words = (k.offset + p256->size + 7) / 8 * 8;

	/* The local bounds say something else than the word. */
	elf_builder_symbol(k.b, "system_certificate_list", CASE_GLOBAL, 0, k.section, k.value, 0);
	elf_builder_symbol(k.b, "system_certificate_list_size", CASE_GLOBAL, 0, k.section, KERNEL_INIT + words, 0);
	elf_builder_symbol(k.b, "__cert_list_start", CASE_LOCAL, 0, k.section, k.value, 0);
	elf_builder_symbol(k.b, "__cert_list_end", CASE_LOCAL, 0, k.section, k.value + p256->size - 1, 0);
	refused(k, NULL, EBADMSG, "__cert_list_end");
	/* The word says that the list is longer than its section. */
	k = kernel_make(*state, LINKED, &keyring);
	elf_builder_put(k.b, k.section, words, 4, 0x70000000);
	elf_builder_put(k.b, k.section, words + case_word_size(k.b) - 4, 4, 0x70000000);
	refused(k, NULL, EINVAL, "are needed");
	k = kernel_start(*state, LINKED, &keyring);
	elf_builder_symbol(k.b, "other", CASE_GLOBAL, 0, k.section, k.value, 0);
	refused(k, NULL, ENOENT, "system_certificate_list");
	k = kernel_make(*state, LINKED, &keyring);
	elf_builder_symbol(k.b, "system_certificate_list", CASE_LOCAL, 0, k.section, k.value, 0);
	refused(k, NULL, EEXIST, "more than once");
	k = kernel_make(*state, LINKED, &with_room);
	free(elf_builder_at(k.b, 1)->name);
	elf_builder_at(k.b, 1)->name = strdup(".init.rodata.keyring");
	refused(k, NULL, EEXIST, "two places");
	refused(kernel_make(*state, LINKED, &keyring), "module-hashes", EINVAL,
		"there are linux-extra-cert and linux-keyring");
}

static void relocated(void **state)
{
	const struct keyring keyring = {.module = p256};
	struct kernel k = kernel_make(*state, OWN_SECTION, &keyring);
	const uint32_t symbol = elf_builder_symbol(k.b, "there", CASE_GLOBAL, 0, k.section, 0, 0);

	elf_builder_relocation(k.b, k.section, 40, absolute_type(*state), symbol, 0);
	refused(k, NULL, EBUSY, "relocations");
}

static void no_symbols(void **state)
{
	struct elf_builder *b = elf_builder_new(ELFCLASS64, ELFDATA2LSB, ET_EXEC, EM_X86_64);
	const uint32_t text = elf_builder_section(b, ".init.rodata.keyring", SHT_PROGBITS, SHF_ALLOC, NULL, 32, 8);

	(void)state;
	elf_builder_at(b, text)->addr = KERNEL_BASE;
	elf_builder_segment(b, PT_LOAD, PF_R, text, text, KERNEL_BASE);
	refused((struct kernel){.b = b}, NULL, ENOENT, "System.map");
}

/* A flipped bit of the keyring: read or refused, never something else, and never another certificate unnoticed. */
static void flipped_bits(void **state)
{
	const struct keyring keyring = {.module = p256, .slot = 500, .inserted = p256};
	struct kernel k = kernel_make(*state, LINKED, &keyring);
	struct edited e;
	unsigned int refusals = 0;
	uint8_t *bytes;

	edited_start(&e, k.b);
	bytes = k.b->image + section_of(e.view, ".init.data")->offset;
	for (uint64_t bit = k.offset * 8; bit < k.end * 8; bit += 11) {
		struct elfsect_keyring *opened = NULL;
		struct elfsect_error error;
		size_t count;

		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (elfsect_keyring_open(e.view, NULL, NULL, &opened, &error)) {
			refusals++;
			assert_null(strchr(error.message, '\n'));
		} else {
			elfsect_keyring_certificates(opened, &count);
			assert_int_equal(count, 2);
		}
		elfsect_keyring_close(opened);
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_true(refusals > 150);
	edited_end(&e);
}

/* -------------------------------------------------------------------------------------------------- certificates */

static void put_usage(X509 *x509, void *context)
{
	static const uint8_t usage[] = {3, 2, 1, 0x86}, ca[] = {0x30, 3, 1, 1, 0xff};
	static const uint8_t purpose[] = {0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 3};
	static const uint8_t serial[] = {0x80, 1};

	(void)context;
	add_extension(x509, "2.5.29.15", usage, sizeof(usage));
	add_extension(x509, "2.5.29.19", ca, sizeof(ca));
	add_extension(x509, "2.5.29.37", purpose, sizeof(purpose));
	ASN1_STRING_set(X509_get_serialNumber(x509), serial, sizeof(serial));
}

static void long_name(X509 *x509, void *context)
{
	char text[62];

	(void)context;
	for (size_t i = 0; i + 2 < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xbc", 3);
	for (int i = 0; i < 50; i++)
		X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "OU", MBSTRING_UTF8, (const uint8_t *)text, -1,
					   -1, 0);
}

static void descriptions(void **state)
{
	/* An outline of empty elements, [3] among them. */
	static const uint8_t empty[] = {0x30, 22,   0x30, 15,	2, 1,	 1, 0x30, 0, 0x30, 0, 0x30,
					0,    0x30, 0,	  0x30, 0, 0xa3, 0, 0x30, 0, 3,	   1, 0};
	struct certificate_spec spec = {
		.curve = "P-384", .subject = "A\nkey", .issuer = "Some CA", .change = put_usage};
	struct elfsect_certificate c;
	struct elfsect_error error;
	size_t size;
	uint64_t length;
	uint8_t *der = make_certificate(&spec, &size);

	(void)state;
	assert_int_equal(elfsect_certificate_read(der, size, &length, &c, &error), 0);
	assert_int_equal(length, size);
	assert_string_equal(c.subject, "CN=A\\0Akey");
	assert_string_equal(c.issuer, "CN=Some CA");
	assert_string_equal(c.serial, "008001");
	assert_string_equal(c.key_type, "EC-P-384");
	assert_string_equal(c.not_before, "2025-01-31T12:00:00Z");
	assert_string_equal(c.not_after, "2125-01-07T12:00:00Z");
	assert_string_equal(c.key_usage, "digitalSignature, keyCertSign, cRLSign");
	assert_string_equal(c.extended_key_usage, "codeSigning");
	assert_true(c.is_ca && c.decoded && !c.self_issued);
	assert_int_equal(strlen(c.key_id), 40);
	/* Whatever is cut off it is none. */
	for (size_t cut = 0; cut < size; cut++) {
		assert_int_not_equal(elfsect_certificate_read(der, cut, &length, NULL, &error), 0);
		assert_int_not_equal(elfsect_certificate_describe(der, cut, &c, &error), 0);
	}
	OPENSSL_free(der);
	spec = (struct certificate_spec){.curve = "P-256", .change = long_name};
	der = make_certificate(&spec, &size);
	assert_int_equal(elfsect_certificate_describe(der, size, &c, &error), 0);
	assert_true(strlen(c.subject) < sizeof(c.subject));
	assert_string_equal(c.subject + strlen(c.subject) - 3, "...");
	OPENSSL_free(der);
	assert_int_equal(elfsect_certificate_describe(empty, sizeof(empty), &c, &error), -EBADMSG);
	assert_string_equal(error.message, "extensions: an element is missing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH_VARIANT(read_all),	      EACH_VARIANT(nothing_built_in),
		EACH_VARIANT(default_slots),  EACH_VARIANT(bytes_that_are_no_list),
		EACH_VARIANT(used_words),     EACH_VARIANT(symbols_that_disagree),
		EACH_VARIANT(relocated),      EACH_VARIANT(flipped_bits),
		cmocka_unit_test(no_symbols), cmocka_unit_test(descriptions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
