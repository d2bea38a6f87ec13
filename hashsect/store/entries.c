// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/entries.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

static const struct {
	const char *name, *folder, *ending;
} kinds[STORE_KINDS] = {
	[STORE_MODULE] = {"module", "modules", ".p7s"},
	[STORE_IMAGE] = {"image", "images", ".table"},
	[STORE_CERTIFICATE] = {"certificate", "certificates", ".der"},
};

const char *store_kind_name(enum store_kind kind)
{
	return kinds[kind].name;
}

const char *store_kind_folder(enum store_kind kind)
{
	return kinds[kind].folder;
}

void store_entry_name(enum store_kind kind, const uint8_t digest[SHA256_SIZE], unsigned int number,
		      char name[STORE_NAME_MAX])
{
	char hex[2 * SHA256_SIZE + 1];

	text_hex(digest, SHA256_SIZE, hex, sizeof(hex));
	if (number < 2)
		snprintf(name, STORE_NAME_MAX, "%s%s", hex, kinds[kind].ending);
	else
		snprintf(name, STORE_NAME_MAX, "%s.%u%s", hex, number, kinds[kind].ending);
}

/* ----------------------------------------------------------------------------------------------------------- lists */

static void entry_clear(struct store_entry *entry)
{
	for (size_t i = 0; i < entry->origin_count; i++) {
		free(entry->origins[i].package);
		free(entry->origins[i].path);
	}
	free(entry->origins);
	free(entry->bytes);
}

void store_entries_clear(struct store_entries *entries)
{
	for (size_t i = 0; i < entries->count; i++)
		entry_clear(&entries->list[i]);
	free(entries->list);
	*entries = (struct store_entries){0};
}

static int make_room(struct store_entries *entries, size_t more)
{
	const size_t room = entries->count + more + entries->count / 2;
	struct store_entry *list;

	if (entries->count + more <= entries->room)
		return 0;
	list = reallocarray(entries->list, room, sizeof(*list));
	if (!list)
		return -ENOMEM;
	entries->list = list;
	entries->room = room;
	return 0;
}

int store_entries_add(struct store_entries *entries, const struct store_entry *entry, const uint8_t *bytes,
		      uint64_t size, const struct store_origin *origin)
{
	struct store_entry e = {
		.kind = entry->kind,
		.signed_size = entry->signed_size,
		.has_checksum = entry->has_checksum,
		.checksum = entry->checksum,
		.bytes = malloc(size ? size : 1),
		.size = size,
		.origins = calloc(1, sizeof(*e.origins)),
		.origin_count = 1,
	};

	memcpy(e.digest, entry->digest, sizeof(e.digest));
	if (e.bytes)
		memcpy(e.bytes, bytes, size);
	if (e.origins) {
		e.origins->package = origin->package ? strdup(origin->package) : NULL;
		e.origins->path = strdup(origin->path);
		e.origins->place = origin->place;
	} else {
		e.origin_count = 0;
	}
	if (!e.bytes || !e.origins || !e.origins->path || (origin->package && !e.origins->package) ||
	    hash_once("sha256", bytes, size, e.sha256) || make_room(entries, 1)) {
		entry_clear(&e);
		return -ENOMEM;
	}
	entries->list[entries->count++] = e;
	return 0;
}

int store_entries_move(struct store_entries *to, struct store_entries *from)
{
	const int ret = make_room(to, from->count);

	if (ret)
		return ret;
	if (from->count)
		memcpy(to->list + to->count, from->list, from->count * sizeof(*from->list));
	to->count += from->count;
	from->count = 0;
	store_entries_clear(from);
	return 0;
}

/* ----------------------------------------------------------------------------------------------------------- order */

static int compare_digest(const struct store_entry *a, enum store_kind kind, const uint8_t digest[SHA256_SIZE])
{
	if (a->kind != kind)
		return a->kind < kind ? -1 : 1;
	return memcmp(a->digest, digest, SHA256_SIZE);
}

static int compare_entry(const struct store_entry *a, const struct store_entry *b)
{
	const int order = compare_digest(a, b->kind, b->digest);

	return order ? order : memcmp(a->sha256, b->sha256, SHA256_SIZE);
}

static int compare_origin(const void *left, const void *right)
{
	const struct store_origin *a = left, *b = right;
	int order = strcmp(a->package ? a->package : "", b->package ? b->package : "");

	if (!order)
		order = strcmp(a->path, b->path);
	return order ? order : strcmp(a->place ? a->place : "", b->place ? b->place : "");
}

static int compare(const void *left, const void *right)
{
	const struct store_entry *a = left, *b = right;
	const int order = compare_entry(a, b);

	return order ? order : compare_origin(a->origins, b->origins);
}

/* The same piece, found again: the first keeps where, and nothing is left of it. */
static int merge(struct store_entry *first, struct store_entry *again)
{
	if (compare_origin(&first->origins[first->origin_count - 1], again->origins)) {
		struct store_origin *origins = reallocarray(first->origins, first->origin_count + 1, sizeof(*origins));

		if (!origins)
			return -ENOMEM;
		first->origins = origins;
		origins[first->origin_count++] = again->origins[0];
		again->origin_count = 0;
	}
	entry_clear(again);
	*again = (struct store_entry){0};
	return 0;
}

static int number(struct store_entry *list, size_t i, struct elfsect_error *error)
{
	struct store_entry *e = &list[i];

	e->number = 1;
	if (!i || compare_digest(&list[i - 1], e->kind, e->digest))
		return 0;
	e->number = list[i - 1].number + 1;
	if (e->number <= STORE_SAME_MAX)
		return 0;
	return failure(error, E2BIG, "%s: more than %d signatures of the same bytes", e->origins->path, STORE_SAME_MAX);
}

/* The entries before *kept are done. */
static int take(struct store_entry *list, size_t *kept, size_t i, struct elfsect_error *error)
{
	struct store_entry *e = &list[i], *last = *kept ? &list[*kept - 1] : NULL;

	if (last && !compare_entry(last, e)) {
		if (last->has_checksum != e->has_checksum || last->checksum != e->checksum)
			return failure(error, EINVAL,
				       "%s and %s: one image with one signature, but two values of CheckSum",
				       last->origins->path, e->origins->path);
		return merge(last, e) ? failure_errno(error, ENOMEM, "signatures") : 0;
	}
	if (*kept != i) {
		list[*kept] = *e;
		*e = (struct store_entry){0};
	}
	return number(list, (*kept)++, error);
}

int store_entries_finish(struct store_entries *entries, struct elfsect_error *error)
{
	size_t kept = 0;
	int ret = 0;

	if (entries->count)
		qsort(entries->list, entries->count, sizeof(*entries->list), compare);
	for (size_t i = 0; i < entries->count && !ret; i++)
		ret = take(entries->list, &kept, i, error);
	if (!ret)
		entries->count = kept;
	return ret;
}

const struct store_entry *store_entries_find(const struct store_entries *entries, enum store_kind kind,
					     const uint8_t digest[SHA256_SIZE], size_t *count)
{
	size_t low = 0, high = entries->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (compare_digest(&entries->list[middle], kind, digest) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (*count = 0; low + *count < entries->count; ++*count)
		if (compare_digest(&entries->list[low + *count], kind, digest))
			break;
	return *count ? &entries->list[low] : NULL;
}
