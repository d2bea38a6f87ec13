/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From names and addresses to symbols and regions. */
#ifndef ELFSECT_SELECT_H
#define ELFSECT_SELECT_H

#include "elfsect_edit.h"

/* A symbol that is looked for; count: how many of its name are defined in a section, symbol: the last of them. */
struct wanted {
	const char *name;
	struct elfsect_symbol symbol;
	uint32_t count;
};

/* Fill in what the file's own symbols say, in one pass over the table; without one nothing is found. */
void symbols_find(const struct elfsect_view *view, struct wanted *wanted, size_t count);

/*
 * The only symbol of a name that is defined in a section, from the file or a map (may be NULL). If the file
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

#endif
