/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef ELFSECT_SOUND_H
#define ELFSECT_SOUND_H

#include "view/view.h"

/**
 * check_old() - whether the file that an edit begins with passes elfsect_check()
 * @sound: receives the answer
 *
 * Return: 0; -errno if it could not be read: that is no answer.
 */
int check_old(const struct elfsect_view *old, bool *sound, struct elfsect_error *error);

/**
 * check_no_worse() - check what an edit has written, for both ways of writing
 * @was_sound: whether the old file passed elfsect_check(): the new one has to as well. What an edit that reads headers
 *	alone may change can have had other faults before; its headers are checked.
 */
int check_no_worse(const struct elfsect_view *written, bool was_sound, struct elfsect_error *error);

#endif
