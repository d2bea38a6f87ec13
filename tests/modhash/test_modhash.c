// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The check of samples/kernel/modhash, compiled for user space, against the generated modules, every single-bit change
 * of them, and the verdicts of "hashsect modules verify" on broken ones. Built once with tree.c and once with table.c.
 */
#include <elf.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "module_cases.h"
#include "modules/hash_slot.h"
#include "room.h"

/* samples/kernel/modhash/modhash.h, whose types are the kernel's. */
int modhash_check(const uint8_t *image, size_t len);
const char *modhash_reason(int err);
bool modhash_is_empty(void);
void modhash_announce(const char *mode);

#define MARKER "~Module signature appended~\n"

enum { MARKER_SIZE = sizeof(MARKER) - 1, ID_PKCS7 = 2, ID_MERKLE = 3 };
enum { IMAGE_MAX = MODULE_CASE_MAX + 2 * MERKLE_PROOF_MAX };

static struct hash *hash;

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
enum { NATIVE = ELFDATA2LSB };
#else
enum { NATIVE = ELFDATA2MSB };
#endif

/* Give the kernel the first n generated modules. */
static void embed(size_t n)
{
	memset(room, 0, sizeof(room));
	if (TREE) {
		struct merkle_tree tree;

		module_case_tree(n, hash, &tree);
		merkle_root(&tree, NATIVE, room);
		merkle_clear(&tree);
	} else if (n) {
		uint8_t *table = module_case_table(n, hash);

		memcpy(room, table, 32 * n);
		free(table);
	}
}

/* Module i of n as the kernel should get it; returns its size. */
static size_t good(size_t n, size_t i, uint8_t image[IMAGE_MAX])
{
	size_t size = module_case(i, image);

	if (TREE) {
		struct merkle_tree tree;

		module_case_tree(n, hash, &tree);
		size += merkle_proof_file(&tree, (uint32_t)i, image + size);
		merkle_clear(&tree);
	}
	return size;
}

static size_t add_trailer(uint8_t *image, size_t size, uint8_t id_type, uint32_t data_size)
{
	const uint8_t fields[12] = {[2] = id_type,
				    [8] = (uint8_t)(data_size >> 24),
				    [9] = (uint8_t)(data_size >> 16),
				    [10] = (uint8_t)(data_size >> 8),
				    [11] = (uint8_t)data_size};

	memcpy(image + size, fields, sizeof(fields));
	memcpy(image + size + sizeof(fields), MARKER, MARKER_SIZE);
	return size + sizeof(fields) + MARKER_SIZE;
}

/* Memory of its own, so that a byte too far is noticed. */
static int check(const uint8_t *image, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	int ret;

	assert_non_null(copy);
	memcpy(copy, image, size);
	ret = modhash_check(copy, size);
	free(copy);
	return ret;
}

static int verdict_of_the_tool(const uint8_t *image, size_t size)
{
	const struct module_hash_slot slot = {
		.bytes = room, .is_root = TREE, .levels = *(const uint32_t *)room, .entries = TREE ? 0 : ROOM_ENTRIES};
	const struct module_file file = {.bytes = image, .size = size, .body_size = size};
	struct hash_verdict verdict;

	must(module_hash_verify(&slot, &file, hash, &verdict));
	return -verdict.code;
}

static void test_good_modules(void **state)
{
	uint8_t image[IMAGE_MAX];

	(void)state;
	for (size_t n = 0; n <= ROOM_ENTRIES; n++) {
		embed(n);
		assert_int_equal(modhash_is_empty(), !n);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(check(image, good(n, i, image)), 0);
		assert_int_equal(check(image, good(n + 1, n, image)) != 0, 1);
	}
}

static void test_large_trees(void **state)
{
	const size_t counts[] = {9, 64, 65, 4256};
	uint8_t image[IMAGE_MAX];

	(void)state;
	if (!TREE)
		return;
	for (size_t c = 0; c < sizeof(counts) / sizeof(*counts); c++) {
		const size_t n = counts[c], some[] = {0, 1, n / 2, n - 2, n - 1};

		embed(n);
		for (size_t i = 0; i < sizeof(some) / sizeof(*some); i++)
			assert_int_equal(check(image, good(n, some[i], image)), 0);
	}
}

static void test_every_bit_of_a_module(void **state)
{
	uint8_t image[IMAGE_MAX];

	(void)state;
	embed(5);
	for (size_t i = 0; i < 5; i++) {
		const size_t size = good(5, i, image);

		for (size_t bit = 0; bit < 8 * size; bit++) {
			image[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_int_not_equal(check(image, size), 0);
			assert_int_equal(check(image, size), verdict_of_the_tool(image, size));
			image[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		assert_int_equal(check(image, size), 0);
		for (size_t cut = 1; cut <= size; cut++)
			assert_int_not_equal(check(image, size - cut), 0);
	}
}

static void test_every_bit_of_the_hashes(void **state)
{
	uint8_t image[IMAGE_MAX];
	const size_t size = good(5, 3, image);
	const size_t first = TREE ? 0 : 32 * 3, length = TREE ? 36 : 32;

	(void)state;
	embed(5);
	for (size_t bit = 8 * first; bit < 8 * (first + length); bit++) {
		room[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(check(image, size), 0);
		room[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_int_equal(check(image, size), 0);
}

static void test_signatures(void **state)
{
	uint8_t image[IMAGE_MAX];
	size_t size = module_case(2, image);

	(void)state;
	embed(5);
	memset(image + size, 0x30, 100);
	size = add_trailer(image, size + 100, ID_PKCS7, 100);
	assert_int_equal(check(image, size), TREE ? -ENOPKG : 0);
	size = add_trailer(image, size, ID_PKCS7, 0);
	assert_int_equal(check(image, size), TREE ? -ENOPKG : -ENOKEY);
}

/* Nothing, the marker alone, and too little in front of it. */
static void test_small_images(void **state)
{
	uint8_t image[12 + MARKER_SIZE];

	(void)state;
	embed(5);
	for (size_t front = 0; front <= 12; front++) {
		memset(image, 0xaa, sizeof(image));
		memcpy(image + front, MARKER, MARKER_SIZE);
		assert_int_equal(check(image, front), TREE ? -ENODATA : -ENOKEY);
		assert_int_equal(check(image, front + MARKER_SIZE), !TREE ? -ENOKEY : front ? -EBADMSG : -ENODATA);
		assert_int_equal(check(image, front + MARKER_SIZE), verdict_of_the_tool(image, front + MARKER_SIZE));
	}
}

static void test_nothing_embedded(void **state)
{
	uint8_t image[IMAGE_MAX];

	(void)state;
	embed(0);
	assert_true(modhash_is_empty());
	assert_int_equal(check(image, good(1, 0, image)), TREE ? -ENOPKG : -ENOKEY);
	/* levels 0: the proof is the position alone */
	assert_int_equal(check(image, add_trailer(image, module_case(0, image) + 4, ID_MERKLE, 4)), -ENOKEY);
}

/* A root that no tool makes does not lead out of the image. */
static void test_absurd_levels(void **state)
{
	const uint32_t levels[] = {2, 4, 20, 32, 0x08000003, 0x80000003, 0xffffffff};
	uint8_t image[IMAGE_MAX];
	const size_t size = good(5, 3, image);

	(void)state;
	if (!TREE)
		return;
	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++) {
		embed(5);
		memcpy(room, &levels[i], sizeof(levels[i]));
		assert_int_equal(check(image, size), -ENOPKG);
	}
}

static void test_reasons(void **state)
{
	const int errors[] = {ENODATA, EBADMSG, ENOPKG, ENOKEY, EIO};

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		assert_true(strlen(modhash_reason(-errors[i])) > 0);
	modhash_announce("test");
}

/* Numbers from a fixed seed. */
static uint32_t next_number(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(*seed >> 33);
}

/* A few changes of a good module and its end: other bytes, other lengths, one more trailer. */
static size_t mutate(uint8_t image[IMAGE_MAX], size_t size, uint64_t *seed)
{
	for (uint32_t changes = next_number(seed) % 3; changes; changes--) {
		const uint32_t kind = next_number(seed) % 4, tail = next_number(seed) % 160;

		if (kind == 0 && size > tail)
			image[size - 1 - tail] = (uint8_t)next_number(seed);
		else if (kind == 1 && size > tail)
			size -= tail;
		else if (kind == 2 && size < IMAGE_MAX - 80)
			size = add_trailer(image, size, (uint8_t)(next_number(seed) % 5), tail);
		else if (kind == 3 && size >= 32)
			image[size - 32 + tail % 4] = (uint8_t)(next_number(seed) % 2 ? 0 : tail);
	}
	return size;
}

static void test_broken_modules_as_the_tool_says(void **state)
{
	unsigned int seen[256] = {0};
	uint8_t image[IMAGE_MAX];
	uint64_t seed = 2026;

	(void)state;
	for (unsigned int i = 0; i < 20000; i++) {
		const size_t n = 1 + next_number(&seed) % ROOM_ENTRIES;
		size_t size;

		embed(n);
		size = mutate(image, good(n, next_number(&seed) % n, image), &seed);
		assert_int_equal(check(image, size), verdict_of_the_tool(image, size));
		seen[-check(image, size)]++;
	}
	/* The sample is worth something only if all verdicts are in it. */
	assert_true(seen[0] > 1000 && seen[ENOKEY] > 1000);
	if (TREE)
		assert_true(seen[ENODATA] > 1000 && seen[ENOPKG] > 1000 && seen[EBADMSG] > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_modules),
		cmocka_unit_test(test_large_trees),
		cmocka_unit_test(test_every_bit_of_a_module),
		cmocka_unit_test(test_every_bit_of_the_hashes),
		cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_small_images),
		cmocka_unit_test(test_nothing_embedded),
		cmocka_unit_test(test_absurd_levels),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_broken_modules_as_the_tool_says),
	};
	int ret;

	must(module_hash_new(&hash));
	ret = cmocka_run_group_tests(tests, NULL, NULL);
	hash_free(hash);
	return ret;
}
