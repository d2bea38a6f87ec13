/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef ELFSECT_SYMBOLS_H
#define ELFSECT_SYMBOLS_H

#include "draft/draft.h"

/** draft_write_symbols() - .symtab and .symtab_shndx, in final numbers */
int draft_write_symbols(struct draft *draft, struct elfsect_error *error);

#endif
