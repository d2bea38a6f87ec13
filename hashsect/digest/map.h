/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Maps: where a linked file defines the names of a policy, for files without a symbol table. FORMAT.md 6.4 and 6.5. */
#ifndef HASHSECT_MAP_H
#define HASHSECT_MAP_H

#include "digest/resolution.h"

struct workers;

enum { MAP_TEXT_MAX = 65536 };

/* A symbol line. The name stands in the map's words. */
struct map_symbol {
	size_t rule; /* index of the rule line above it */
	const char *name;
	unsigned int line;
	uint32_t section; /* among those with SHF_ALLOC, from 1 */
	uint64_t address, size;
};

struct hashsect_map {
	char *name;  /* for messages; owned, like all below */
	char *text;  /* the map, with a zero byte behind it */
	char *words; /* the same, cut at spaces and line ends */
	size_t size;
	const char *policy; /* 64 hex digits; these point into words */
	const char *digest;
	const char **rules;
	size_t rule_count;
	struct map_symbol *symbols;
	size_t symbol_count;
};

/* Parse a text; the caller frees the map. -EINVAL: not of the form. What it says is compared with a file later. */
int map_parse(const char *text, size_t size, const char *name, struct hashsect_map **map, struct elfsect_error *error);

/* Whether the map is for files of this kind and for this policy. */
int map_suits(const struct hashsect_map *map, const struct resolution *resolution, struct elfsect_error *error);

/* In a file without a symbol table: define the names that the map lists. */
int map_define(const struct hashsect_map *map, struct resolution *resolution, struct elfsect_error *error);

/* After everything was resolved: the map says what the file says, all of it, and in the form that a map has. */
int map_check(const struct hashsect_map *map, const struct resolution *resolution, struct elfsect_error *error);

/* The map of a resolution with this digest line; the caller frees it. NULL: no memory. */
char *map_text(const struct resolution *resolution, const char *digest);

/* map_make.c: the digest that a map names: in scope loaded, with sha256. The caller frees the printed form. */
int map_digest(const struct resolution *resolution, struct workers *workers, char **printed,
	       struct elfsect_error *error);

/* map_make.c: whether there can be a map of the file. -EINVAL with the reason if not. */
int map_is_possible(const struct resolution *resolution, struct elfsect_error *error);

/* ---------------------------------------------------------------------------------------------------- map_note.c */

/* A section .note.hashsect, if the file has exactly one of this name and it has the form of FORMAT.md 6.5. */
struct map_note {
	uint32_t section; /* 0: there is none */
	const char *text; /* borrowed from the view; no zero byte behind it */
	size_t size;
};

struct map_note map_note_find(const struct elfsect_view *view);

/* Decide whether the note is in scope `file`: sets resolution->left_out. `given`: the map came from outside the file.
 */
int map_note_judge(struct resolution *resolution, bool given, struct workers *workers, struct elfsect_error *error);

#endif
