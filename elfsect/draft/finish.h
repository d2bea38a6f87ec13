/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef ELFSECT_FINISH_H
#define ELFSECT_FINISH_H

#include "draft/draft.h"

/**
 * draft_finish() - turn the draft into a plan: number, encode, lay out
 *
 * The draft can only be closed afterwards.
 */
int draft_finish(struct draft *draft, struct elfsect_plan **plan, struct elfsect_error *error);

#endif
