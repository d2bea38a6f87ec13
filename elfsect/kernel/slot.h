/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Slots: places made to receive data, found by name, and filled by edit/slot.c. */
#ifndef ELFSECT_SLOT_INTERNAL_H
#define ELFSECT_SLOT_INTERNAL_H

#include "elfsect_edit.h"
#include "view/select.h"
#include "view/system_map.h"
#include "view/view.h"

static inline void cleanup_system_map(struct elfsect_system_map **map)
{
	elfsect_system_map_close(*map);
}

/* -ENOENT, -EEXIST if the name is not there exactly once. */
int system_map_find(const struct elfsect_system_map *map, const char *name, uint64_t *address,
		    struct elfsect_error *error);

const char *system_map_name(const struct elfsect_system_map *map);

/* Code lies in sections with code, __start_X and __stop_X at the ends of sections. */
int system_map_check(const struct elfsect_system_map *map, const struct elfsect_view *view,
		     struct elfsect_error *error);

/*
 * select.c: the only symbol of a name that is defined in a section, from the file or a map (may be NULL). If the file
 * has symbols of its own, they count, and the map must agree. A symbol from a map has no size.
 */
int symbol_lookup(const struct elfsect_view *view, const struct elfsect_system_map *map, const char *name,
		  struct elfsect_symbol *symbol, struct elfsect_error *error);

/* The same for several at once: their number costs next to nothing. */
int symbols_lookup(const struct elfsect_view *view, const struct elfsect_system_map *map, struct wanted *wanted,
		   size_t count, struct elfsect_error *error);

/* Whether the symbol is there: 1, 0 if it is not, -errno. */
int symbol_exists(const struct elfsect_view *view, const struct elfsect_system_map *map, const char *name,
		  struct elfsect_symbol *symbol, struct elfsect_error *error);

/* elfsect_region_of_symbols() and _symbol() with a map. */
int region_of_symbols(const struct elfsect_view *view, const struct elfsect_system_map *map, const char *range,
		      struct elfsect_region *region, struct elfsect_error *error);
int region_of_symbol(const struct elfsect_view *view, const struct elfsect_system_map *map, const char *name,
		     struct elfsect_region *region, struct elfsect_error *error);

/* size bytes at a symbol. */
int region_at_symbol(const struct elfsect_view *view, const struct elfsect_symbol *symbol, uint64_t size,
		     struct elfsect_region *region, struct elfsect_error *error);

/* slot_relocations.c: -EBUSY if relocations change bytes of the region. */
int slot_check_relocations(const struct elfsect_view *view, const struct elfsect_slot *slot,
			   const struct elfsect_region *region, struct elfsect_error *error);

/* slot.c: what has to hold before a slot is looked for: sound headers, and a map (may be NULL) that is of this file. */
int slot_check_file(const struct elfsect_view *view, const struct elfsect_system_map *map, struct elfsect_error *error);

/* slot_named.c */
int slot_find_named(const struct elfsect_view *view, const struct elfsect_system_map *map, const char *name,
		    struct elfsect_slot *slot, struct elfsect_error *error);

#endif
