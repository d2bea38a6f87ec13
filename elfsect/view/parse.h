/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef ELFSECT_PARSE_H
#define ELFSECT_PARSE_H

#include "view/view.h"

/** view_parse() - fill in header, sections and segments of a view that has its bytes; what it promises is in elfsect.h
 */
int view_parse(struct elfsect_view *view, struct elfsect_error *error);

#endif
