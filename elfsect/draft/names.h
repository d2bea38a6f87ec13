/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef ELFSECT_NAMES_H
#define ELFSECT_NAMES_H

#include "draft/draft.h"

/** draft_write_names() - drop names that are not used any more and find a place for new ones */
int draft_write_names(struct draft *draft, struct elfsect_error *error);

#endif
