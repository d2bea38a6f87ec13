/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* System.map: where a linked kernel has its symbols. */
#ifndef ELFSECT_SYSTEM_MAP_H
#define ELFSECT_SYSTEM_MAP_H

#include "elfsect_edit.h"

/* -ENOENT, -EEXIST if the name is not there exactly once. */
int system_map_find(const struct elfsect_system_map *map, const char *name, uint64_t *address,
		    struct elfsect_error *error);

const char *system_map_name(const struct elfsect_system_map *map);

/*
 * Code lies in sections with code, or, as a few names of a linker script, between sections; __start_X and __stop_X
 * stand at the ends of sections.
 */
int system_map_check(const struct elfsect_system_map *map, const struct elfsect_view *view,
		     struct elfsect_error *error);

#endif
