/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef ELFSECT_IN_PLACE_H
#define ELFSECT_IN_PLACE_H

#include "elfsect_edit.h"

/* elfsect_plan_write() with options->in_place. */
int write_in_place(const struct elfsect_plan *plan, const char *path, const struct elfsect_write_options *options,
		   struct elfsect_write_result *result, struct elfsect_error *error);

#endif
