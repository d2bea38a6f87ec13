/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The slots of a kernel, by the names that elfsect_edit.h lists. */
#ifndef ELFSECT_NAMED_SLOTS_H
#define ELFSECT_NAMED_SLOTS_H

#include "elfsect_edit.h"

/** slot_find_named() - fill in a slot that has its name; the file is checked. Return: as elfsect_slot_find() */
int slot_find_named(const struct elfsect_view *view, const struct elfsect_system_map *map, const char *name,
		    struct elfsect_slot *slot, struct elfsect_error *error);

/**
 * slot_option_to_make(), slot_option_to_enlarge() - which option of a kernel's configuration would have made a slot, or
 * made it larger: the end of a message; NULL: the name is none of a kernel's slots, or NULL
 */
const char *slot_option_to_make(const char *name);
const char *slot_option_to_enlarge(const char *name);

#endif
