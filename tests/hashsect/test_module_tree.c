// SPDX-License-Identifier: GPL-2.0-or-later
/* Trees, proofs, tables, and the kernel's verdict on every single-bit change of any of them. */
#include <elf.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "module_cases.h"
#include "modules/hash_slot.h"
#include "modules/order.h"

static struct hash *hash;

/* ----------------------------------------------------------------------------------------------------------- tree */

static unsigned int levels_of(size_t n)
{
	unsigned int levels = 0;

	if (n == 1)
		return 1;
	while (n && ((size_t)1 << levels) < n)
		levels++;
	return levels;
}

static void test_every_proof_leads_to_the_root(void **state)
{
	uint8_t bytes[MODULE_CASE_MAX], file[MERKLE_PROOF_MAX], node[MODULE_HASH_SIZE], root[MERKLE_ROOT_SIZE];

	(void)state;
	for (size_t n = 0; n <= 70; n++) {
		struct merkle_tree tree;

		module_case_tree(n, hash, &tree);
		assert_int_equal(tree.levels, levels_of(n));
		merkle_root(&tree, ELFDATA2MSB, root);
		assert_int_equal(load_u32(root, ELFDATA2MSB), tree.levels);
		assert_int_equal(first_nonzero(root + 4, 32) == 32, !n);
		for (size_t i = 0; i < n; i++) {
			const size_t size = merkle_proof_file(&tree, (uint32_t)i, file);

			assert_int_equal(size, 44 + 32 * tree.levels);
			must(merkle_leaf(hash, (uint32_t)i, bytes, module_case(i, bytes), node));
			must(merkle_fold(hash, node, file, tree.levels, node));
			assert_memory_equal(node, root + 4, sizeof(node));
		}
		merkle_clear(&tree);
	}
}

static void test_the_largest_tree(void **state)
{
	uint8_t *leaves = calloc(MODULES_MAX, MODULE_HASH_SIZE);
	struct merkle_tree tree;

	(void)state;
	assert_non_null(leaves);
	assert_int_equal(merkle_make(leaves, MODULES_MAX, &tree), 0);
	assert_int_equal(tree.levels, MERKLE_LEVELS_MAX);
	merkle_clear(&tree);
	assert_int_equal(merkle_make(leaves, MODULES_MAX + 1, &tree), -E2BIG);
	free(leaves);
}

static void test_byte_order_of_the_root(void **state)
{
	uint8_t little[MERKLE_ROOT_SIZE], big[MERKLE_ROOT_SIZE];
	struct elfsect_error error;
	struct merkle_tree tree;

	(void)state;
	for (size_t n = 0; n <= 9; n++) {
		module_case_tree(n, hash, &tree);
		merkle_root(&tree, ELFDATA2LSB, little);
		merkle_root(&tree, ELFDATA2MSB, big);
		merkle_clear(&tree);
		assert_memory_equal(little + 4, big + 4, 32);
		assert_int_equal(merkle_root_check(little, ELFDATA2LSB, "root", &error), 0);
		assert_int_equal(merkle_root_check(big, ELFDATA2MSB, "root", &error), 0);
		if (!n)
			continue; /* no level is the same number in both */
		assert_int_equal(merkle_root_check(little, ELFDATA2MSB, "root", &error), -EINVAL);
		assert_non_null(strstr(error.message, "the other byte order"));
		assert_int_equal(merkle_root_check(big, ELFDATA2LSB, "root", &error), -EINVAL);
	}
}

static void test_what_is_no_root_or_table(void **state)
{
	uint8_t bytes[96] = {0};
	struct elfsect_error error;

	(void)state;
	bytes[35] = 1;
	assert_int_equal(merkle_root_check(bytes, ELFDATA2LSB, "root", &error), -EINVAL); /* no levels, but a hash */
	bytes[35] = 0;
	bytes[0] = 3;
	assert_int_equal(merkle_root_check(bytes, ELFDATA2LSB, "root", &error), -EINVAL); /* levels, but no hash */
	memset(bytes, 0xff, sizeof(bytes));
	assert_int_equal(merkle_root_check(bytes, ELFDATA2LSB, "root", &error), -EINVAL);
	assert_int_equal(module_table_check(bytes, 96, "table", &error), 0);
	assert_int_equal(module_table_check(bytes, 0, "table", &error), 0);
	assert_int_equal(module_table_check(bytes, 95, "table", &error), -EINVAL);
	memset(bytes + 32, 0, 32);
	assert_int_equal(module_table_check(bytes, 96, "table", &error), -EINVAL);
	assert_non_null(strstr(error.message, "entry 1 is zero"));
}

/* -------------------------------------------------------------------------------------------------------- verdicts */

/* One module as the kernel gets it, and a kernel. */
struct scene {
	uint8_t file[MODULE_CASE_MAX + MERKLE_PROOF_MAX + 128];
	size_t size;
	uint8_t known[10 * MODULE_HASH_SIZE]; /* what the kernel holds */
	struct module_hash_slot slot;
};

static const char *verdict_of(const struct scene *s)
{
	const struct module_file file = {.bytes = s->file, .size = s->size, .body_size = s->size};
	static struct hash_verdict verdict;
	struct module_hash_slot slot = s->slot;

	slot.bytes = s->known;
	if (slot.is_root)
		slot.levels = load_u32(s->known, ELFDATA2LSB);
	must(module_hash_verify(&slot, &file, hash, &verdict));
	return hash_verdict_name(&verdict);
}

static void root_scene(size_t n, size_t i, struct scene *s)
{
	struct merkle_tree tree;

	*s = (struct scene){.slot.is_root = true};
	module_case_tree(n, hash, &tree);
	merkle_root(&tree, ELFDATA2LSB, s->known);
	s->size = module_case(i, s->file);
	s->size += merkle_proof_file(&tree, (uint32_t)i, s->file + s->size);
	merkle_clear(&tree);
}

static void table_scene(size_t n, size_t i, struct scene *s)
{
	uint8_t *table = module_case_table(n, hash);

	*s = (struct scene){.slot.entries = n};
	memcpy(s->known, table, n * MODULE_HASH_SIZE);
	s->size = module_case(i, s->file);
	free(table);
}

/* Every bit of `bytes`: the module must not pass. Returns how many were tried. */
static size_t flip_all(struct scene *s, uint8_t *bytes, size_t size)
{
	for (size_t bit = 0; bit < 8 * size; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (!strcmp(verdict_of(s), "ok"))
			fail_msg("ok with bit %zu of byte %zu changed", bit % 8, bit / 8);
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_string_equal(verdict_of(s), "ok");
	return 8 * size;
}

static void test_every_bit_of_module_proof_and_root(void **state)
{
	static const size_t counts[] = {1, 2, 3, 4, 5, 7, 8, 9};
	size_t tried = 0;
	struct scene s;

	(void)state;
	for (size_t k = 0; k < sizeof(counts) / sizeof(counts[0]); k++)
		for (size_t i = 0; i < counts[k]; i++) {
			root_scene(counts[k], i, &s);
			assert_string_equal(verdict_of(&s), "ok");
			tried += flip_all(&s, s.file, s.size); /* module, position, siblings, trailer */
			tried += flip_all(&s, s.known, MERKLE_ROOT_SIZE);
		}
	assert_true(tried > 100000);
}

static void test_every_bit_of_module_and_entry(void **state)
{
	struct scene s;

	(void)state;
	for (size_t n = 1; n <= 9; n++)
		for (size_t i = 0; i < n; i++) {
			table_scene(n, i, &s);
			assert_string_equal(verdict_of(&s), "ok");
			flip_all(&s, s.file, s.size);
			flip_all(&s, s.known + i * MODULE_HASH_SIZE, MODULE_HASH_SIZE);
		}
}

static void test_every_truncation(void **state)
{
	struct scene s;
	size_t whole;

	(void)state;
	root_scene(5, 4, &s);
	whole = s.size;
	for (s.size = 1; s.size < whole; s.size++)
		assert_string_not_equal(verdict_of(&s), "ok");
	table_scene(5, 4, &s);
	whole = s.size;
	for (s.size = 1; s.size < whole; s.size++)
		assert_string_equal(verdict_of(&s), "-ENOKEY");
}

static void test_another_proof(void **state)
{
	struct scene s, other;

	(void)state;
	root_scene(9, 7, &s); /* modules 0 and 7 have one byte each */
	root_scene(9, 0, &other);
	memcpy(s.file + 1, other.file + 1, s.size - 1);
	assert_string_equal(verdict_of(&s), "-ENOKEY");
	/* The proof of a tree with another number of levels. */
	root_scene(3, 0, &other);
	memcpy(other.known, s.known, MERKLE_ROOT_SIZE);
	assert_string_equal(verdict_of(&other), "-ENOPKG");
}

/* Where the kernel stops, with its order of checks. */
static void test_errors_of_the_kernel(void **state)
{
	struct scene s;
	uint8_t *trailer;

	(void)state;
	root_scene(3, 1, &s);
	trailer = s.file + s.size - 40;
	trailer[2] = 2;
	assert_string_equal(verdict_of(&s), "-ENOPKG");
	trailer[0] = 1; /* the type is looked at before the other fields */
	assert_string_equal(verdict_of(&s), "-ENOPKG");
	trailer[2] = 3;
	assert_string_equal(verdict_of(&s), "-EBADMSG");
	trailer[0] = 0;
	store_u32(trailer + 8, ELFDATA2MSB, (uint32_t)s.size - 40); /* nothing would be left */
	assert_string_equal(verdict_of(&s), "-EBADMSG");
	store_u32(trailer + 8, ELFDATA2MSB, (uint32_t)s.size - 41);
	assert_string_equal(verdict_of(&s), "-ENOPKG");
	store_u32(trailer + 8, ELFDATA2MSB, UINT32_MAX);
	assert_string_equal(verdict_of(&s), "-EBADMSG");
	memmove(s.file, s.file + s.size - 40, 40); /* a trailer and nothing else */
	s.size = 40;
	assert_string_equal(verdict_of(&s), "-EBADMSG");
	memmove(s.file, s.file + 12, 28); /* the marker and nothing else */
	s.size = 28;
	assert_string_equal(verdict_of(&s), "-ENODATA");
}

/* A module without bytes would have a leaf, and its proof would lead to the root; the kernel does not get that far. */
static void test_a_module_without_bytes(void **state)
{
	uint8_t leaf[MODULE_HASH_SIZE];
	struct merkle_tree tree;
	struct scene s = {.slot.is_root = true};

	(void)state;
	must(merkle_leaf(hash, 0, "", 0, leaf));
	must(merkle_make(leaf, 1, &tree));
	merkle_root(&tree, ELFDATA2LSB, s.known);
	s.size = merkle_proof_file(&tree, 0, s.file);
	merkle_clear(&tree);
	assert_string_equal(verdict_of(&s), "-EBADMSG");
}

static void test_a_signature_is_not_in_the_table(void **state)
{
	struct scene s;
	size_t body;

	(void)state;
	table_scene(4, 3, &s);
	body = s.size;
	memset(s.file + body, 0x55, 20);
	module_trailer_tail(TRAILER_ID_PKCS7, 20, s.file + body + 20);
	s.size = body + 20 + TRAILER_TAIL_SIZE;
	assert_string_equal(verdict_of(&s), "ok");
	s.file[body + 20 + 4] = 1; /* not sound: it is part of what is hashed */
	assert_string_equal(verdict_of(&s), "-ENOKEY");
	s.file[body + 20 + 4] = 0;
	s.file[body + 20 + 2] = TRAILER_ID_MERKLE; /* a table has no proofs */
	assert_string_equal(verdict_of(&s), "-ENOKEY");
}

static void test_empty_entries_match_nothing(void **state)
{
	struct scene s;

	(void)state;
	table_scene(2, 0, &s);
	memset(s.known, 0, sizeof(s.known));
	s.slot.entries = 10;
	assert_string_equal(verdict_of(&s), "-ENOKEY");
	root_scene(2, 0, &s);
	memset(s.known, 0, sizeof(s.known));
	assert_string_equal(verdict_of(&s), "-ENOPKG");
}

static int make_hash(void **state)
{
	(void)state;
	return module_hash_new(&hash);
}

static int free_hash(void **state)
{
	(void)state;
	hash_free(hash);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_proof_leads_to_the_root),
		cmocka_unit_test(test_the_largest_tree),
		cmocka_unit_test(test_byte_order_of_the_root),
		cmocka_unit_test(test_what_is_no_root_or_table),
		cmocka_unit_test(test_every_bit_of_module_proof_and_root),
		cmocka_unit_test(test_every_bit_of_module_and_entry),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_another_proof),
		cmocka_unit_test(test_errors_of_the_kernel),
		cmocka_unit_test(test_a_module_without_bytes),
		cmocka_unit_test(test_a_signature_is_not_in_the_table),
		cmocka_unit_test(test_empty_entries_match_nothing),
	};

	return cmocka_run_group_tests(tests, make_hash, free_hash);
}
