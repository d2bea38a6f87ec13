/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The same things in another order: symbols of a section, entries of a table. */
#ifndef HASHSECT_EXPLAIN_ORDER_H
#define HASHSECT_EXPLAIN_ORDER_H

#include "explain/work.h"

/**
 * explain_symbol_order() - the first symbol of a pair of sections that has others in front of it in B; of initcalls,
 * which the kernel calls in this order, and of the rest
 * @differs: whether there is one
 *
 * Return: 0 or -ENOMEM.
 */
int explain_symbol_order(const struct section_pair *pair, bool *differs);

/**
 * explain_entry_order() - a table of addresses, as the linker's script gathers them, with the same entries in both
 * @is_one: whether the atoms are one, and all that differs is the order
 *
 * Addresses are absolute, or of 4 bytes and relative to their own places. In linked files only: in relocatable ones
 * they are relocations. Return: 0 or -ENOMEM.
 */
int explain_entry_order(const struct section_pair *pair, const struct atom *p, const struct atom *q, bool *is_one);

#endif
