/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* elfsect_plan_inject() for those who know more of the content's layout. */
#ifndef ELFSECT_INJECT_H
#define ELFSECT_INJECT_H

#include "edit/inject_content.h"

/** plan_injection() - as elfsect_plan_inject(), with a wish that has all fields */
int plan_injection(const struct elfsect_view *view, const struct elfsect_injection *wish,
		   const struct injection_shape *shape, struct elfsect_plan **plan, struct elfsect_error *error);

#endif
