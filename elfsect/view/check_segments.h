/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef ELFSECT_CHECK_SEGMENTS_H
#define ELFSECT_CHECK_SEGMENTS_H

#include "view/view.h"

/**
 * check_segments() - rule 13 of elfsect_check(): what is loaded is what the sections of a linked file describe
 * @places: ELFSECT_CHECK_PLACES
 */
int check_segments(const struct elfsect_view *view, bool places, struct elfsect_error *error);

#endif
