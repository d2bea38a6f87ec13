/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What symbol tables say beside the places of bytes. */
#ifndef HASHSECT_EXPLAIN_SYMTAB_H
#define HASHSECT_EXPLAIN_SYMTAB_H

#include "explain/work.h"

/**
 * explain_symtab() - a pair of symbol tables: binding, type and visibility of symbols, and symbols without bytes on one
 * side only, are causes; values and sizes follow from what they are of
 *
 * Return: 0 or -ENOMEM.
 */
int explain_symtab(const struct section_pair *pair);

/** symtab_renumbered() - whether some number means another symbol, by its name and section, in the other file */
bool symtab_renumbered(const struct elfsect_view *a, const struct elfsect_view *b);

#endif
