/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One pair of sections, or of files, that are being explained: what all comparers share. */
#ifndef HASHSECT_EXPLAIN_WORK_H
#define HASHSECT_EXPLAIN_WORK_H

#include "explain/causes.h"
#include "explain/lines.h"
#include "explain/symbols.h"

/*
 * Bytes of a section that would follow from a cause, if there is one that they can follow from. @padding: alignment
 * padding, which is a cause itself if there is none; the first of @places that were added.
 */
struct follow {
	enum explain_following kind;
	const struct elfsect_section *sections[2];
	const struct atom *padding;
	uint64_t offset[2];
	uint64_t bytes;
};

/*
 * The work as a whole. @moved: a cause changed sizes or places, so that others had to move. @resized: sections have
 * other sizes, for whatever reason. @debug_differs: debug information in the files does.
 */
struct explaining {
	const struct explain_side *sides;
	struct symbols symbols[2];
	struct lines *lines[2]; /* opened when the first is asked for */
	bool has_asked;
	bool moved, resized, debug_differs;
	bool renumbered; /* one number means other symbols on both sides */
	bool same_types; /* the sections .BTF differ in the order of types and in functions alone; these are so many: */
	uint32_t typed_functions[2];
	struct follow *follows;
	size_t follow_count, follow_room;
	struct explanation *result;
};

/* A pair of sections of one name. */
struct section_pair {
	struct explaining *work;
	const struct elfsect_section *sections[2];
	const uint8_t *bytes[2];
};

/* Open the debug information of both sides, if that was not done; there may be none. 0 or -errno. */
ELFSECT_MUST_CHECK int explain_ask_for_lines(struct explaining *work);

/* Bytes that follow from a cause; whether there is one is asked at the end. 0 or -ENOMEM. */
int explain_follow(const struct section_pair *pair, enum explain_following kind, uint64_t bytes);

/* The same for alignment padding; either of the atoms may be NULL. */
int explain_follow_padding(const struct section_pair *pair, const struct atom *p, const struct atom *q, uint64_t bytes);

/* What the policy leaves out of some bytes of one side; NULL: nothing. */
const struct explain_range *explain_excluded(const struct section_pair *pair, int side, uint64_t from, uint64_t size);

/* Add a cause with the line of its place. */
int explain_add(const struct section_pair *pair, enum explain_kind kind, const char *subject, const char *before,
		const char *after, uint64_t offset_a, uint64_t offset_b, uint64_t bytes);

/* The same, named by an atom: "x", "after x" for what lies behind it, or the section, where nothing has a name. */
int explain_add_at(const struct section_pair *pair, enum explain_kind kind, const struct atom *atom, const char *before,
		   const char *after, uint64_t offset_a, uint64_t offset_b, uint64_t bytes);

/* A copy of printable text, or of bytes in hexadecimal, not too long. NULL: no memory. */
char *explain_value(const uint8_t *bytes, uint64_t size);

#endif
