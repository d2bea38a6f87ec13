/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef ELFSECT_CHECK_RELOCATABLE_H
#define ELFSECT_CHECK_RELOCATABLE_H

#include "view/view.h"

/**
 * check_relocatable() - rule 14 of hashsect/FORMAT.md, section 3: what sections of a relocatable file are called whose
 * bytes are not what counts of them
 */
int check_relocatable(const struct elfsect_view *view, struct elfsect_error *error);

#endif
