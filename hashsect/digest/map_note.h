/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A map in a section of the file that it is about: FORMAT.md section 6.5. */
#ifndef HASHSECT_MAP_NOTE_H
#define HASHSECT_MAP_NOTE_H

#include "digest/map_resolution.h"

/* A section .gnu.warning.hashsect, if the file has exactly one of this name and it has the form of FORMAT.md 6.5. */
struct map_note {
	uint32_t section; /* 0: there is none */
	const char *text; /* borrowed from the view; no zero byte behind it */
	size_t size;
};

struct map_note map_note_find(const struct elfsect_view *view);

/*
 * Whether the file's note is its own map, as far as can be known without hashing. `given`: the map that came from
 * outside the file, or NULL. Sets *own to the section, or 0. If *claim is not NULL, it is so only if this is the
 * digest, in scope loaded, of the file; the caller frees it.
 */
int map_note_judge(const struct resolution *resolution, const struct hashsect_map *given, uint32_t *own, char **claim,
		   struct elfsect_error *error);

#endif
