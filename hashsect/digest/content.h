/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What excluded bytes must be: FORMAT.md section 7. */
#ifndef HASHSECT_CONTENT_H
#define HASHSECT_CONTENT_H

#include "digest/resolution.h"

/* The class of this name; NULL: there is none. */
const struct content_class *content_class_find(const char *name);

/* Judge what each rule excludes: fills residue, proved and findings. What differs in findings differs. */
int content_check(struct resolution *resolution, struct elfsect_error *error);

#endif
