/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A picture of a file: its sections in a row, to scale, with what is excluded, equal and different in them; and those
 * of them that hold something worth a look once more, each as wide as the whole.
 */
#ifndef HASHSECT_REPORT_PAGE_SECTION_MAP_H
#define HASHSECT_REPORT_PAGE_SECTION_MAP_H

#include "report/compare.h"

/**
 * section_map_print() - as a part of a page
 * @a, @b: with parts; @b: NULL: there is nothing to compare with
 *
 * Places are places in the digest: sections stand in the order in which they are hashed, those that are taken out
 * behind them, and a difference is as wide as the leaf that holds it.
 *
 * Return: 0; -ENOMEM.
 */
ELFSECT_MUST_CHECK int section_map_print(const struct manifest *a, const struct manifest *b, FILE *out);

#endif
