/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Why two ELF files differ: sections are matched by name, symbols within them, and each byte that differs is put down
 * to a cause, or to what follows from one: an address in it that moved, a table of names. What is left is said too.
 */
#ifndef HASHSECT_EXPLAIN_EXPLAIN_H
#define HASHSECT_EXPLAIN_EXPLAIN_H

#include "explain/explanation.h"

/** explain_files() - A is sides[0]; 0 or -ENOMEM */
ELFSECT_MUST_CHECK int explain_files(const struct explain_side sides[2], struct explanation *explanation,
				     struct elfsect_error *error);

#endif
