/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef ELFSECT_LAYOUT_H
#define ELFSECT_LAYOUT_H

#include "draft/draft.h"

/** draft_layout() - where everything lies in the new file, headers included */
int draft_layout(struct draft *draft, struct elfsect_plan **plan, struct elfsect_error *error);

#endif
