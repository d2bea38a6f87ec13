/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that were compiled with other options, or by another compiler, though their code may be the same. */
#ifndef HASHSECT_EXPLAIN_OPTIONS_H
#define HASHSECT_EXPLAIN_OPTIONS_H

#include "explain/work.h"

/**
 * explain_options() - those that debug information tells, if the two files have it and it differs
 *
 * A compiler's options are in DW_AT_producer of a unit (DWARF 5, 3.1.1) where it writes them there, as gcc does. Units
 * are matched by name; where all lie in another folder, by the last part of it and their order. 0 or -ENOMEM
 */
int explain_options(struct explaining *work);

#endif
