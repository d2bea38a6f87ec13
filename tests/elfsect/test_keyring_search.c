// SPDX-License-Identifier: GPL-2.0-or-later
/* The keyring of a kernel without symbols: found in every layout, and nowhere else. */
#include <stdlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <elf.h>
#include <errno.h>
#include <string.h>

#include "base/bytes.h"
#include "elfsect_keyring.h"
#include "kernel/keyring_search.h"
#include "test_certificates.h"

static const struct test_certificate *const p256 = &test_certificate_p256, *const rsa = &test_certificate_rsa2048;

static const struct keyring_shape shapes[] = {
	{ELFDATA2LSB, 8, 8, false},   {ELFDATA2LSB, 8, 256, false}, {ELFDATA2MSB, 8, 8, false},
	{ELFDATA2MSB, 8, 256, false}, {ELFDATA2LSB, 4, 8, false},   {ELFDATA2LSB, 4, 256, false},
	{ELFDATA2MSB, 4, 8, false},   {ELFDATA2MSB, 4, 256, false}, {ELFDATA2LSB, 8, 256, true},
	{ELFDATA2MSB, 8, 256, true},  {ELFDATA2LSB, 4, 256, true},  {ELFDATA2MSB, 4, 256, true},
};

enum { SHAPES = sizeof(shapes) / sizeof(shapes[0]), ROOM = 4096 };

/* Bytes as an assembler lays them out. */
struct made {
	uint8_t bytes[16384];
	size_t size;
	size_t list, words; /* where these start */
};

static void put(struct made *m, const void *bytes, size_t size)
{
	assert_true(m->size + size <= sizeof(m->bytes));
	memcpy(m->bytes + m->size, bytes, size);
	m->size += size;
}

static void align(struct made *m, size_t alignment)
{
	m->size = (m->size + alignment - 1) & ~(alignment - 1);
}

static void put_word(struct made *m, const struct keyring_shape *s, uint64_t value)
{
	uint8_t word[8];

	align(m, s->align);
	if (s->width == 8)
		store_u64(word, s->data, value);
	else
		store_u32(word, s->data, (uint32_t)value);
	put(m, word, s->width);
}

/* What is NULL or 0 is not there. */
struct content {
	const struct test_certificate *module, *configured;
	size_t room;
	const struct test_certificate *inserted;
};

static size_t put_certificate(struct made *m, const struct test_certificate *c)
{
	if (c)
		put(m, c->der, c->size);
	return c ? c->size : 0;
}

static void put_keyring(struct made *m, const struct keyring_shape *s, const struct content *c)
{
	size_t module, length, used = 0;
	uint8_t word[4];

	align(m, s->align);
	m->list = m->size;
	module = put_certificate(m, c->module);
	length = module + put_certificate(m, c->configured);
	if (c->room) {
		const size_t start = m->size;

		used = put_certificate(m, c->inserted);
		m->size = start + c->room;
		align(m, s->align == 8 ? 4 : 16);
		store_u32(word, s->data, (uint32_t)used);
		put(m, word, sizeof(word));
	} else if (s->zeros) {
		align(m, s->align);
		module = module == length ? m->size - m->list : module;
		length = m->size - m->list;
	}
	align(m, s->align);
	m->words = m->size;
	put_word(m, s, length + used);
	put_word(m, s, module);
}

/* Something else in front of it and behind it. */
static void make(struct made *m, const struct keyring_shape *s, const struct content *c)
{
	memset(m, 0, sizeof(*m));
	for (uint8_t i = 1; i < 200; i++)
		put(m, &i, 1);
	put_keyring(m, s, c);
	put(m, "what follows it", 15);
}

static const struct content contents[] = {
	{.module = &test_certificate_p256},
	{.module = &test_certificate_p256, .configured = &test_certificate_rsa2048},
	{.configured = &test_certificate_rsa2048},
	{.module = &test_certificate_rsa2048, .room = ROOM},
	{.module = &test_certificate_p256, .room = ROOM, .inserted = &test_certificate_rsa2048},
	{.room = ROOM, .inserted = &test_certificate_rsa2048},
	{.module = &test_certificate_p256, .room = 1300, .inserted = &test_certificate_p256},
};

enum { CONTENTS = sizeof(contents) / sizeof(contents[0]) };

/*
 * Where all certificates are in system_extra_cert, the word that says so may pass for the length of a list in front of
 * an empty room: which slot it is cannot be told.
 */
static bool is_ambiguous(const struct content *c)
{
	return c->inserted && !c->module && !c->configured;
}

static void expect_one(const struct elfsect_keyring_certificate *c, const struct test_certificate *wanted,
		       const char *slot)
{
	assert_int_equal(c->size, wanted->size);
	assert_memory_equal(c->der, wanted->der, wanted->size);
	if (slot)
		assert_string_equal(c->slot, slot);
}

static void expect_found(const struct made *m, const struct content *c)
{
	const struct elfsect_keyring_certificate *list;
	struct elfsect_keyring *keyring = NULL;
	struct elfsect_error error;
	size_t count, i = 0;

	if (elfsect_keyring_of_bytes(m->bytes, m->size, "it", &keyring, &error))
		fail_msg("%s", error.message);
	list = elfsect_keyring_certificates(keyring, &count);
	if (c->module)
		expect_one(&list[i++], c->module, "linux-keyring");
	if (c->configured)
		expect_one(&list[i++], c->configured, "linux-keyring");
	if (c->inserted)
		expect_one(&list[i++], c->inserted, is_ambiguous(c) ? NULL : "linux-extra-cert");
	assert_int_equal(count, i);
	assert_int_equal(list[0].region.offset, m->list);
	elfsect_keyring_close(keyring);
}

static void expect_nothing(const struct made *m, int code, const char *words)
{
	struct elfsect_keyring *keyring = NULL;
	struct elfsect_error error;

	assert_int_equal(elfsect_keyring_of_bytes(m->bytes, m->size, "it", &keyring, &error), -code);
	if (!strstr(error.message, words))
		fail_msg("no '%s' in '%s'", words, error.message);
	assert_null(keyring);
}

static void found(void **state)
{
	static struct made m;

	(void)state;
	for (size_t s = 0; s < SHAPES; s++)
		for (size_t c = 0; c < CONTENTS; c++) {
			make(&m, &shapes[s], &contents[c]);
			expect_found(&m, &contents[c]);
		}
}

/* No certificate, none that is acceptable, none with its length. */
static void not_found(void **state)
{
	static const struct content nothing = {.room = ROOM};
	static struct made m;

	(void)state;
	make(&m, &shapes[0], &nothing);
	expect_nothing(&m, ENOENT, "no certificate is found");
	make(&m, &shapes[0], &contents[0]);
	m.bytes[m.list + p256->size - 1] ^= 1; /* its own signature */
	expect_nothing(&m, ENOENT, "no certificate is found");
	m.size = 0;
	expect_nothing(&m, ENOENT, "no certificate is found");
}

/* In the layout that it has: a word of 8 bytes passes for one of 4. */
static void expect_no_length(const struct made *m, const struct keyring_shape *shape)
{
	const struct keyring_area area = {m->bytes, m->size, 0, 0};
	struct keyring_search search = {.name = "it", .shapes = shape, .shape_count = 1};
	struct elfsect_error error;

	assert_int_equal(keyring_search_area(&search, &area, &error), 0);
	assert_int_equal(search.found, 0);
	assert_int_equal(search.rows, 1);
	assert_int_equal(search.strays[0].offset, m->list);
}

static void flip_bits(struct made *m, const struct keyring_shape *shape, size_t from, size_t to, size_t step)
{
	for (size_t bit = 8 * from; bit < 8 * to; bit += step) {
		m->bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		/* That none of them, or all, are the build's own is sound, too. */
		if (first_nonzero(m->bytes + from, to - from) < to - from &&
		    (from == m->words || memcmp(m->bytes + from, m->bytes + m->words, to - from) != 0))
			expect_no_length(m, shape);
		m->bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

/* Every bit of the words, and some of the zeros between them. */
static void wrong_words(void **state)
{
	static struct made m;

	(void)state;
	for (size_t s = 0; s < SHAPES; s++)
		for (size_t c = 0; c < CONTENTS; c++) {
			const struct keyring_shape *shape = &shapes[s];

			if (is_ambiguous(&contents[c]))
				continue;
			make(&m, shape, &contents[c]);
			flip_bits(&m, shape, m.words, m.words + shape->width, 7);
			flip_bits(&m, shape, m.words + shape->width, m.words + shape->align, 997);
			flip_bits(&m, shape, m.words + shape->align, m.words + shape->align + shape->width, 7);
		}
}

static void cut_off(void **state)
{
	static struct made m;

	(void)state;
	make(&m, &shapes[0], &contents[4]);
	for (m.size = m.words + 8 + 8; m.size-- > m.words;)
		expect_no_length(&m, &shapes[0]);
	for (; m.size >= m.list + p256->size; m.size -= 211)
		expect_no_length(&m, &shapes[0]);
	m.size = m.words;
	expect_nothing(&m, ENOENT, "none with their length behind them: offset 0x");
	for (m.size = m.list + p256->size; m.size--;)
		expect_nothing(&m, ENOENT, "no certificate is found");
}

static void several(void **state)
{
	static struct made m;
	struct elfsect_keyring *keyring = NULL;
	struct elfsect_error error;

	(void)state;
	make(&m, &shapes[0], &contents[0]);
	put_keyring(&m, &shapes[0], &contents[1]);
	expect_nothing(&m, EEXIST, "the keyring may be in 2 places: offset 0x");
	/* A certificate right in front of a list is not of it. */
	memset(&m, 0, sizeof(m));
	put_certificate(&m, rsa);
	put_keyring(&m, &shapes[0], &contents[0]);
	if (!(rsa->size % 8))
		expect_found(&m, &contents[0]);
	/* Others in other places do not matter. */
	make(&m, &shapes[0], &contents[0]);
	align(&m, 8);
	put_certificate(&m, rsa);
	assert_int_equal(elfsect_keyring_of_bytes(m.bytes, m.size, "it", &keyring, &error), 0);
	elfsect_keyring_close(keyring);
}

/* Tables of certificates do not take for ever. */
static void too_many(void **state)
{
	const size_t size = (p256->size + 7) & ~(size_t)7, count = KEYRING_READS_MAX + 1;
	uint8_t *bytes = calloc(count, size);
	struct elfsect_keyring *keyring = NULL;
	struct elfsect_error error;

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < count; i++)
		memcpy(bytes + i * size, p256->der, p256->size);
	assert_int_equal(elfsect_keyring_of_bytes(bytes, count * size, "it", &keyring, &error), -E2BIG);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found),   cmocka_unit_test(not_found), cmocka_unit_test(wrong_words),
		cmocka_unit_test(cut_off), cmocka_unit_test(several),	cmocka_unit_test(too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
