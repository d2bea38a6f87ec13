/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file's bytes sorted by what they are, so that a sample can give each kind its share. */
#ifndef STRATA_H
#define STRATA_H

#include "elfsect.h"

enum stratum {
	STRATUM_ELF_HEADER,
	STRATUM_SECTION_HEADERS,
	STRATUM_PROGRAM_HEADERS,
	STRATUM_SYMBOLS,
	STRATUM_STRINGS,
	STRATUM_RELOCATIONS,
	STRATUM_NOTES,
	STRATUM_GROUPS,
	STRATUM_GAPS,
	STRATUM_CONTENT,
	STRATA,
};

extern const char *const stratum_names[STRATA];

/** struct stratum_range - bytes of one kind; @section is an index, or 0 */
struct stratum_range {
	uint64_t offset;
	uint64_t size;
	uint32_t section;
};

/** struct strata - all bytes of a file; strata_free() releases it */
struct strata {
	struct stratum_range *ranges[STRATA];
	size_t count[STRATA];
	uint64_t bytes[STRATA];
};

/** strata_make() - sort the bytes of a file that elfsect_check() accepts */
void strata_make(const struct elfsect_view *view, struct strata *strata);

void strata_free(struct strata *strata);

/** strata_pick() - choose a byte: by its place in the stratum or, every other time, by range first, so that small ones
 * count */
uint64_t strata_pick(const struct strata *strata, enum stratum stratum, uint64_t random, uint32_t *section);

#endif
