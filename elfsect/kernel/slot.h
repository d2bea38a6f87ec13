/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What elfsect_slot_find() asks of a file, for those who find slots in other ways, and fill them. */
#ifndef ELFSECT_SLOT_INTERNAL_H
#define ELFSECT_SLOT_INTERNAL_H

#include "elfsect_edit.h"

/** slot_check_file() - sound headers, and a map (may be NULL) that is of this file */
int slot_check_file(const struct elfsect_view *view, const struct elfsect_system_map *map, struct elfsect_error *error);

/** slot_check_patches() - -EBUSY if relocations change bytes of the region: what is put there would not be what runs */
int slot_check_patches(const struct elfsect_view *view, const char *slot, const struct elfsect_region *region,
		       struct elfsect_error *error);

#endif
