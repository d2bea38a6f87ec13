/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan: the list of (offset, old bytes, new bytes) that an edit will make. */
#ifndef ELFSECT_PLAN_H
#define ELFSECT_PLAN_H

#include "elfsect_edit.h"
#include "view/view.h"

/* An extent of the new file. */
struct placed {
	uint64_t offset;
	uint64_t size;
	uint8_t *bytes; /* NULL: the same bytes at the same offset as in the view */
};

struct elfsect_plan {
	const struct elfsect_view *view; /* borrowed */
	uint64_t size;
	struct elfsect_change *changes; /* owned */
	size_t count;
	size_t room;
	void **buffers; /* owned; what changes point to */
	size_t buffer_count;
};

/*
 * The plan for a file that consists of these extents and zeros. Sorts the extents. Their bytes become the plan's if it
 * succeeds.
 */
int plan_of_extents(const struct elfsect_view *view, struct placed *extents, size_t count, uint64_t size,
		    struct elfsect_plan **out, struct elfsect_error *error);

/*
 * The plan that puts bytes in these places, which are disjoint, and leaves the rest of the file as it is. Sorts them.
 * Their bytes become the plan's, also on failure.
 */
int plan_of_patches(const struct elfsect_view *view, struct placed *patches, size_t count, struct elfsect_plan **plan,
		    struct elfsect_error *error);

#endif
