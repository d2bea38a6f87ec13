/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The heads of parts, and the fields in them that are not the file's own: FORMAT.md sections 2 and 5. */
#ifndef HASHSECT_HEADS_H
#define HASHSECT_HEADS_H

#include "digest/records.h"

/*
 * The head of a part, made anew each time: names may be long and shared, so that all heads together could be many times
 * the file. The caller frees it. Returns 0 or -ENOMEM.
 */
int part_head(const struct records *records, const struct part *part, uint8_t **head, size_t *size);

/* The fields of a section's head that the dump prints. */
struct section_fields {
	uint64_t addr, size, info;
	uint32_t link;
};
struct section_fields section_fields(const struct records *records, const struct elfsect_section *section);

/* Whether a name of a policy stands in the head of an exclusion. */
bool exclusion_names(const struct exclusion *exclusion, const struct known_symbol *known);

/* Whether a segment is a PT_LOAD that holds the ELF header. */
bool segment_holds_header(const struct elfsect_segment *segment);

/* The last field of a segment's head: p_offset where it counts. */
uint64_t segment_place(const struct records *records, const struct elfsect_segment *segment);

#endif
