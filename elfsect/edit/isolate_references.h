/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Part of a section becomes a section: what isolate.c and isolate_references.c share. */
#ifndef ELFSECT_ISOLATE_REFERENCES_H
#define ELFSECT_ISOLATE_REFERENCES_H

#include "draft/draft.h"

struct isolation {
	struct draft *draft;
	const struct elfsect_section *from; /* in the view */
	uint64_t start, end;		    /* in it */
	const char *into;
	uint32_t to;	 /* number of the new section */
	uint32_t anchor; /* a symbol at the start, or 0 */
};

/* Move the relocations of the range, and make references to the range follow it. Symbols still have their old places.
 */
int isolate_references(struct isolation *job, struct elfsect_error *error);

#endif
