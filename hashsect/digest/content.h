/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What excluded bytes must be: FORMAT.md section 7. */
#ifndef HASHSECT_CONTENT_H
#define HASHSECT_CONTENT_H

#include "digest/numbering.h"

/* The class of this name; NULL: there is none. */
const struct content_class *content_class_find(const char *name);

/* Judge what each rule excludes: fills residue, proved and findings. What differs in findings differs. */
int content_check(struct resolution *resolution, struct elfsect_error *error);

/*
 * Say where a section that was taken out stands among those in scope: a file without it has the same digest, but a
 * linker that goes by the order of sections makes another file of it.
 */
void content_note_places(struct resolution *resolution, const struct numbers *numbers);

#endif
