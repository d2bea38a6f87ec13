/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses in code and data of linked files. */
#ifndef HASHSECT_EXPLAIN_ADDRESSES_H
#define HASHSECT_EXPLAIN_ADDRESSES_H

#include "explain/work.h"

/**
 * address_moved() - whether a byte that differs is of an address of what is the same in both files, and only moved
 * @at: offset of the byte in both atoms; the first one that differs
 *
 * Absolute, of 4 or 8 bytes, or relative to its own place, of 4. Numbers are little-endian on most machines: the byte
 * is the first one of the word, or one behind it.
 *
 * Return: the end of the word as an offset in the atoms, or 0.
 */
uint64_t address_moved(const struct section_pair *pair, const struct atom *p, const struct atom *q, uint64_t at);

#endif
