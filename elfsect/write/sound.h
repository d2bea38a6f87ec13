/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef ELFSECT_SOUND_H
#define ELFSECT_SOUND_H

#include "view/view.h"

/**
 * check_no_worse() - check what an edit has written, for both ways of writing
 * @was_sound: whether the old file passed elfsect_check(): the new one has to as well. What an edit that reads headers
 *	alone may change can have had other faults before; its headers are checked.
 */
int check_no_worse(const struct elfsect_view *written, bool was_sound, struct elfsect_error *error);

#endif
