// SPDX-License-Identifier: LGPL-2.1-or-later
/* A plan: the difference between a file and the extents that shall replace it. */
#include <stdlib.h>

#include "plan/plan.h"
#include "base/cleanup.h"
#include "elfsect_cleanup.h"

/* Equal bytes between two differences that are fewer than this do not split a change. */
enum { MIN_EQUAL = 32 };

void elfsect_plan_free(struct elfsect_plan *plan)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->buffer_count; i++)
		free(plan->buffers[i]);
	free(plan->buffers);
	free(plan->changes);
	free(plan);
}

const struct elfsect_change *elfsect_plan_changes(const struct elfsect_plan *plan, size_t *count)
{
	*count = plan->count;
	return plan->changes;
}

uint64_t elfsect_plan_size(const struct elfsect_plan *plan)
{
	return plan->size;
}

bool elfsect_plan_is_empty(const struct elfsect_plan *plan)
{
	return !plan->count && plan->size == plan->view->size;
}

uint8_t *elfsect_plan_apply(const struct elfsect_plan *plan)
{
	const uint64_t kept = plan->size < plan->view->size ? plan->size : plan->view->size;
	uint8_t *bytes = calloc(1, plan->size);

	if (!bytes)
		return NULL;
	memcpy(bytes, plan->view->bytes, kept);
	for (size_t i = 0; i < plan->count; i++) {
		const struct elfsect_change *c = &plan->changes[i];

		if (c->bytes)
			memcpy(bytes + c->offset, c->bytes, c->size);
		else
			memset(bytes + c->offset, 0, c->size);
	}
	return bytes;
}

static int add_change(struct elfsect_plan *plan, uint64_t offset, uint64_t size, const uint8_t *bytes)
{
	const struct elfsect_view *view = plan->view;
	uint64_t old_size = 0;

	if (plan->count == plan->room) {
		const size_t room = plan->room ? plan->room * 2 : 64;
		struct elfsect_change *grown = reallocarray(plan->changes, room, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		plan->changes = grown;
		plan->room = room;
	}
	if (offset < view->size)
		old_size = size < view->size - offset ? size : view->size - offset;
	plan->changes[plan->count++] = (struct elfsect_change){
		.offset = offset,
		.size = size,
		.old = old_size ? view->bytes + offset : NULL,
		.old_size = old_size,
		.bytes = bytes,
	};
	return 0;
}

/* The length of the equal beginning of two byte strings. */
static uint64_t equal_prefix(const uint8_t *a, const uint8_t *b, uint64_t size)
{
	const uint64_t step = 4096;
	uint64_t i = 0;

	while (size - i >= step && !memcmp(a + i, b + i, step))
		i += step;
	while (i < size && a[i] == b[i])
		i++;
	return i;
}

/* The length of the beginning after which at least MIN_EQUAL bytes, or all that is left, are equal. */
static uint64_t different_prefix(const uint8_t *a, const uint8_t *b, uint64_t size)
{
	uint64_t last = 0;

	for (uint64_t i = 0; i < size && i - last < MIN_EQUAL; i++)
		if (a[i] != b[i])
			last = i + 1;
	return last;
}

/* Changes for new bytes at an offset where the old file may end. */
static int diff_bytes(struct elfsect_plan *plan, uint64_t offset, uint64_t size, const uint8_t *bytes)
{
	const struct elfsect_view *view = plan->view;
	uint64_t common = 0, at = 0;

	if (offset < view->size)
		common = size < view->size - offset ? size : view->size - offset;
	while (at < common) {
		const uint8_t *old = view->bytes + offset;
		uint64_t length;

		at += equal_prefix(old + at, bytes + at, common - at);
		length = different_prefix(old + at, bytes + at, common - at);
		if (length && add_change(plan, offset + at, length, bytes + at))
			return -ENOMEM;
		at += length;
	}
	return size > common ? add_change(plan, offset + common, size - common, bytes + common) : 0;
}

/* Changes that make [from, to) zero. */
static int clear_gap(struct elfsect_plan *plan, uint64_t from, uint64_t to)
{
	const struct elfsect_view *view = plan->view;
	uint64_t last;

	if (to > view->size)
		to = view->size;
	if (from >= to)
		return 0;
	from += first_nonzero(view->bytes + from, to - from);
	if (from == to)
		return 0;
	for (last = to; !view->bytes[last - 1]; last--)
		;
	return add_change(plan, from, last - from, NULL);
}

static int compare_offset(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static int diff_extents(struct elfsect_plan *plan, const struct placed *extents, size_t count)
{
	uint64_t end = 0;
	int ret = 0;

	for (size_t i = 0; i < count && !ret; i++) {
		ret = clear_gap(plan, end, extents[i].offset);
		if (!ret && extents[i].bytes)
			ret = diff_bytes(plan, extents[i].offset, extents[i].size, extents[i].bytes);
		end = extents[i].offset + extents[i].size;
	}
	return ret ? ret : clear_gap(plan, end, plan->size);
}

int plan_of_extents(const struct elfsect_view *view, struct placed *extents, size_t count, uint64_t size,
		    struct elfsect_plan **out, struct elfsect_error *error)
{
	elfsect_autoplan struct elfsect_plan *plan = calloc(1, sizeof(*plan));

	if (plan)
		plan->buffers = calloc(count ? count : 1, sizeof(*plan->buffers));
	if (!plan || !plan->buffers)
		return failure_errno(error, ENOMEM, "%s: plan", view->name);
	plan->view = view;
	plan->size = size;
	qsort(extents, count, sizeof(*extents), compare_offset);
	if (diff_extents(plan, extents, count))
		return failure_errno(error, ENOMEM, "%s: plan", view->name);
	for (size_t i = 0; i < count; i++)
		if (extents[i].bytes)
			plan->buffers[plan->buffer_count++] = extents[i].bytes;
	*out = steal(plan);
	return 0;
}

/* Empty ones are left out: two at one offset have no order. */
int plan_of_patches(const struct elfsect_view *view, struct placed *patches, size_t count, struct elfsect_plan **plan,
		    struct elfsect_error *error)
{
	autofree struct placed *extents = calloc(2 * count + 1, sizeof(*extents));
	uint64_t end = 0;
	size_t n = 0;
	int ret;

	qsort(patches, count, sizeof(*patches), compare_offset);
	for (size_t i = 0; i < count && extents; i++) {
		if (!patches[i].size)
			continue;
		if (patches[i].offset > end)
			extents[n++] = (struct placed){end, patches[i].offset - end, NULL};
		extents[n++] = patches[i];
		end = patches[i].offset + patches[i].size;
	}
	if (view->size > end && extents)
		extents[n++] = (struct placed){end, view->size - end, NULL};
	ret = extents ? plan_of_extents(view, extents, n, view->size, plan, error)
		      : failure_errno(error, ENOMEM, "%s: plan", view->name);
	for (size_t i = 0; i < count; i++)
		if (ret || !patches[i].size)
			free(patches[i].bytes);
	return ret;
}
