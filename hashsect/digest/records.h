/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts with their heads, and the records that are their content: FORMAT.md sections 2 and 5. */
#ifndef HASHSECT_RECORDS_H
#define HASHSECT_RECORDS_H

#include "digest/numbering.h"

enum {
	CHUNK = 49152,		/* bytes of content in a leaf */
	RELOCATION_RECORD = 24, /* bytes */
	CHUNK_RELOCATIONS = CHUNK / RELOCATION_RECORD,
};

enum part_kind {
	PART_POLICY = 1,
	PART_EXCLUSION = 2,
	PART_HEADER = 3,
	PART_SEGMENT = 4,
	PART_SECTION = 5,
	PART_TRAILER = 6,
	PART_SURROUNDING = 7,
};

/* Where the content of a part comes from. */
enum content_source {
	SOURCE_BYTES,	/* bytes[0, size), as they are */
	SOURCE_SECTION, /* the section's bytes in the file, less its masks */
	SOURCE_SYMBOLS,
	SOURCE_RELOCATIONS,
};

struct part {
	enum part_kind kind;
	enum content_source source;
	const char *name;		       /* borrowed; "" if it has none */
	const struct elfsect_section *section; /* PART_SECTION only */
	uint32_t number;		       /* canonical number of the section */
	uint32_t index;			       /* of the rule or segment */
	const uint8_t *bytes;
	uint8_t *owned_bytes; /* what bytes points to, if the part owns it */
	uint64_t size;	      /* of the content */
	uint64_t first_leaf;  /* among the leaves of all parts */
	uint64_t leaf_count;
};

struct records {
	const struct elfsect_view *view;
	const struct resolution *resolution;
	const struct numbers *numbers;
	struct part *parts;
	size_t part_count;
	uint64_t leaf_count;
};

/*
 * List the parts. Borrows its arguments. Trailers are those around the file, the outermost first; they count under a
 * policy without rules. Surroundings, the outermost first, count in scope file.
 */
int records_make(const struct resolution *resolution, const struct numbers *numbers,
		 const struct hashsect_options *options, struct records *records, struct elfsect_error *error);
void records_clear(struct records *records);

/* The section number in a symbol record. */
uint32_t symbol_section_number(const struct records *records, const struct elfsect_symbol *symbol);

/* Length of a symbol's record, and the record. */
uint64_t symbol_record_size(const struct elfsect_symbol *symbol);
void symbol_record_fields(const struct records *records, const struct elfsect_symbol *symbol, uint8_t fields[22]);

/*
 * Write `count` relocation records of a section, from entry `first`, whose bytes are `entries`, to out. Refuses symbols
 * that do not exist or that no relocation may name.
 */
int relocation_records(const struct records *records, const struct elfsect_section *section, uint64_t first,
		       uint64_t count, const uint8_t *entries, uint8_t *out, struct elfsect_error *error);

#endif
