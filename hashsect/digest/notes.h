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

#endif
