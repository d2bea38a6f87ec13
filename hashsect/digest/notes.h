/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HASHSECT_NOTES_H
#define HASHSECT_NOTES_H

#include "elfsect.h"

/*
 * Find the one note with this owner and type, in the whole file, whose descriptor must have this size; FORMAT.md
 * section 7.4. *offset is that of the descriptor in *section. Returns 0; -ENOENT if there is none; -EBADMSG if there
 * are several, or a NOTE section is not sound.
 */
int note_find(const struct elfsect_view *view, const char *owner, uint32_t type, uint64_t size, uint32_t *section,
	      uint64_t *offset, struct elfsect_error *error);

/*
 * Whether those who pad notes in other ways read a section as section 7.4 does: FORMAT.md section 8, rule 8. `noted`:
 * what is excluded in it is the descriptor of a note.
 */
int notes_have_one_reading(const struct elfsect_view *view, const struct elfsect_section *section, bool noted,
			   struct elfsect_error *error);

/* The NOTE sections that have bytes, by their place in the file. */
struct note_sections {
	const struct elfsect_section **list; /* owned */
	size_t count;
};

/* List them; the caller frees the list. Returns 0 or -ENOMEM. */
int note_sections_list(const struct elfsect_view *view, struct note_sections *notes);

/*
 * A PT_NOTE that is read as the NOTE sections are: exactly their extents, in a row, with their alignment. FORMAT.md
 * section 8, rule 6b.
 */
bool note_segment_is_plain(const struct note_sections *notes, const struct elfsect_segment *segment);

#endif
