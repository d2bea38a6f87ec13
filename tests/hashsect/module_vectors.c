// SPDX-License-Identifier: GPL-2.0-or-later
/* module_vectors N: the vector of N generated modules, hashsect/modules/FORMAT.md section 6, from the library's
 * functions. */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>

#include "module_cases.h"

static void print_hex(const char *label, const uint8_t *bytes, size_t size)
{
	printf("%s ", label);
	for (size_t i = 0; i < size; i++)
		printf("%02x", bytes[i]);
	putchar('\n');
}

static void print_root(const struct merkle_tree *tree, const char *label, uint8_t data)
{
	uint8_t root[MERKLE_ROOT_SIZE];

	merkle_root(tree, data, root);
	print_hex(label, root, sizeof(root));
}

static void print_proofs(const struct merkle_tree *tree, size_t n, struct hash *hash)
{
	uint8_t file[MERKLE_PROOF_MAX], sum[MODULE_HASH_SIZE];
	char label[32];

	must(hash_begin(hash));
	for (size_t i = 0; i < n; i++)
		must(hash_add(hash, file, merkle_proof_file(tree, (uint32_t)i, file)));
	must(hash_end(hash, sum));
	print_hex("proofs", sum, sizeof(sum));
	for (size_t i = 0; i < n; i++) {
		if (n > 9 && i && i != n / 2 && i != n - 1)
			continue;
		snprintf(label, sizeof(label), "proof %zu", i);
		print_hex(label, file, merkle_proof_file(tree, (uint32_t)i, file));
	}
}

int main(int argc, char **argv)
{
	const size_t n = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
	uint8_t sum[MODULE_HASH_SIZE];
	struct merkle_tree tree;
	struct hash *hash;
	uint8_t *table;

	if (argc != 2)
		return 2;
	must(module_hash_new(&hash));
	table = module_case_table(n, hash);
	must(hash_begin(hash) ?: hash_add(hash, table, n * MODULE_HASH_SIZE) ?: hash_end(hash, sum));
	module_case_tree(n, hash, &tree);
	printf("modules %zu\n", n);
	print_hex("table", sum, sizeof(sum));
	printf("levels %u\n", tree.levels);
	print_root(&tree, "little", ELFDATA2LSB);
	print_root(&tree, "big", ELFDATA2MSB);
	print_proofs(&tree, n, hash);
	merkle_clear(&tree);
	hash_free(hash);
	free(table);
	return 0;
}
