/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Code and data, symbol by symbol. */
#ifndef HASHSECT_EXPLAIN_ATOMS_H
#define HASHSECT_EXPLAIN_ATOMS_H

#include "explain/work.h"

/** explain_atoms() - a pair of sections, atom by atom; 0 or -ENOMEM */
int explain_atoms(const struct section_pair *pair);

#endif
