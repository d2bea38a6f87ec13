/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef ELFSECT_CHECK_H
#define ELFSECT_CHECK_H

#include "view/view.h"

/**
 * check_layout() - the part of elfsect_check() that reads nothing but headers, so that its cost does not grow with the
 * file: types, overlaps, segments that agree with sections
 */
int check_layout(const struct elfsect_view *view, struct elfsect_error *error);

#endif
