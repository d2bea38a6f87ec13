/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The generated modules of hashsect/modules/FORMAT.md section 6. */
#ifndef TESTS_MODULE_CASES_H
#define TESTS_MODULE_CASES_H

#include "modules/merkle.h"

enum { MODULE_CASE_MAX = 601 };

/* Ends the program if a call that cannot fail did. */
void must(int ret);

/* The bytes of module i; returns how many. */
size_t module_case(size_t i, uint8_t bytes[MODULE_CASE_MAX]);

/* The table of n modules; the caller frees it. */
uint8_t *module_case_table(size_t n, struct hash *hash);

/* The tree of n modules; the caller clears it. */
void module_case_tree(size_t n, struct hash *hash, struct merkle_tree *tree);

#endif
