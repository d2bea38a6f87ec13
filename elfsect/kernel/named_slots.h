/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The slots of a kernel, by the names that elfsect_edit.h lists. */
#ifndef ELFSECT_NAMED_SLOTS_H
#define ELFSECT_NAMED_SLOTS_H

#include "elfsect_edit.h"

/** slot_find_named() - fill in a slot that has its name; the file is checked. Return: as elfsect_slot_find() */
int slot_find_named(const struct elfsect_view *view, const struct elfsect_system_map *map, const char *name,
		    struct elfsect_slot *slot, struct elfsect_error *error);

/* What is wrong with a kernel's slot for what is to be put there. */
enum slot_lack { SLOT_MISSING, SLOT_TOO_SMALL, SLOT_TOO_LARGE, SLOT_LACKS };

/**
 * slot_hint() - which option of a kernel's configuration would have helped: the end of a message
 *
 * Return: NULL: none would, or the name is none of a kernel's slots, or NULL
 */
const char *slot_hint(const char *name, enum slot_lack lack);

/**
 * slot_hint_target() - add it to a message: a target is not there, a symbol, a range of symbols or a section
 *
 * Nothing is added if it is none of what a kernel's slots consist of, or if another part of its slot is there.
 */
void slot_hint_target(const struct elfsect_view *view, const struct elfsect_system_map *map, const char *target,
		      struct elfsect_error *error);

#endif
