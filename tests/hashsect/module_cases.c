// SPDX-License-Identifier: GPL-2.0-or-later
#include "module_cases.h"

#include <stdio.h>
#include <stdlib.h>

void must(int ret)
{
	if (!ret)
		return;
	fprintf(stderr, "a call failed: %d\n", ret);
	abort();
}

size_t module_case(size_t i, uint8_t bytes[MODULE_CASE_MAX])
{
	const size_t size = 100 * (i % 7) + 1;

	for (size_t j = 0; j < size; j++)
		bytes[j] = (uint8_t)(31 * i + 7 * j + j / 256);
	return size;
}

uint8_t *module_case_table(size_t n, struct hash *hash)
{
	uint8_t *table = malloc(n * MODULE_HASH_SIZE + 1), bytes[MODULE_CASE_MAX];

	must(!table);
	for (size_t i = 0; i < n; i++)
		must(hash_begin(hash) ?: hash_add(hash, bytes, module_case(i, bytes)) ?:
			     hash_end(hash, table + i * MODULE_HASH_SIZE));
	return table;
}

void module_case_tree(size_t n, struct hash *hash, struct merkle_tree *tree)
{
	uint8_t *leaves = malloc(n * MODULE_HASH_SIZE + 1), bytes[MODULE_CASE_MAX];

	must(!leaves);
	for (size_t i = 0; i < n; i++)
		must(merkle_leaf(hash, (uint32_t)i, bytes, module_case(i, bytes), leaves + i * MODULE_HASH_SIZE));
	must(merkle_make(leaves, n, tree));
	free(leaves);
}
