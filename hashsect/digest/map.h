/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Maps as texts: where a linked file defines the names of a policy. FORMAT.md section 6.4. */
#ifndef HASHSECT_MAP_H
#define HASHSECT_MAP_H

#include "hashsect.h"

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
int map_parse(const char *text, size_t size, const char *name, struct hashsect_map **out, struct elfsect_error *error);

#endif
