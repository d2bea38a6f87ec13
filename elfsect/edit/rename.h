/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef ELFSECT_RENAME_H
#define ELFSECT_RENAME_H

#include "draft/draft.h"

/* Another name for a section of the view, and for its relocation sections; symbol and string tables are refused. */
int rename_section(struct draft *draft, uint32_t index, const char *name, struct elfsect_error *error);

#endif
