/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A map and the file that it is used for, or made of: FORMAT.md section 6.4. */
#ifndef HASHSECT_MAP_RESOLUTION_H
#define HASHSECT_MAP_RESOLUTION_H

#include "digest/map.h"
#include "digest/resolution.h"

/* Whether the map is for files of this kind and for this policy. */
int map_suits(const struct hashsect_map *map, const struct resolution *resolution, struct elfsect_error *error);

/* In a file without a symbol table: define the names that the map lists. */
int map_define(const struct hashsect_map *map, struct resolution *resolution, struct elfsect_error *error);

/* After everything was resolved: the map says what the file says, all of it, and in the form that a map has. */
int map_check(const struct hashsect_map *map, const struct resolution *resolution, struct elfsect_error *error);

/* Whether there can be a map of a file; of one that is resolved. -EINVAL with the reason if not. */
int map_is_possible(const struct elfsect_view *view, const struct hashsect_policy *policy, struct elfsect_error *error);
int map_has_symbols(const struct resolution *resolution, struct elfsect_error *error);

/* The map of a resolution with this digest line; the caller frees it. NULL: no memory. */
char *map_text(const struct resolution *resolution, const char *digest);

#endif
