/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef ELFSECT_NUMBERS_H
#define ELFSECT_NUMBERS_H

#include "draft/draft.h"

/** draft_number() - make the maps, renumber relocations, groups and headers; adds .symtab_shndx at need */
int draft_number(struct draft *draft, struct elfsect_error *error);

#endif
