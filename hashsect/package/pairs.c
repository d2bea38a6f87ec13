// SPDX-License-Identifier: LGPL-2.1-or-later
#include "package/pairs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

/* A folder holds what a package installs: it may be without what describes one, and where it lies is its own matter. */
static bool is_passed_over(const struct pair *pair, bool with_folder)
{
	const struct contents_entry *either = pair->a ? pair->a : pair->b;

	return with_folder && (!strcmp(either->path, ".") || (either->describes && (!pair->a || !pair->b)));
}

int pairs_make(const struct contents *a, const struct contents *b, struct pairs *pairs)
{
	const bool with_folder = a->folder >= 0 || b->folder >= 0;
	struct pair *pair;
	size_t i = 0, j = 0;

	*pairs = (struct pairs){.list = calloc(a->count + b->count + 1, sizeof(*pairs->list))};
	if (!pairs->list)
		return -ENOMEM;
	while (i < a->count || j < b->count) {
		const int order = i == a->count ? 1 : j == b->count ? -1 : strcmp(a->list[i].path, b->list[j].path);

		pair = &pairs->list[pairs->count];
		*pair = (struct pair){order <= 0 ? &a->list[i] : NULL, order >= 0 ? &b->list[j] : NULL};
		pairs->count += !is_passed_over(pair, with_folder);
		i += order <= 0;
		j += order >= 0;
	}
	return 0;
}

const char *pair_path(const struct pair *pair)
{
	return pair->a ? pair->a->path : pair->b->path;
}

static bool texts_equal(const char *p, const char *q)
{
	return p && q ? !strcmp(p, q) : p == q;
}

enum pair_difference pair_attributes_difference(const struct pair *pair, bool with_owner)
{
	const struct contents_entry *p = pair->a, *q = pair->b;

	if (p->type != q->type)
		return PAIR_TYPE;
	if (p->type == ARCHIVE_SYMLINK && !texts_equal(p->target, q->target))
		return PAIR_TARGET;
	if (p->type == ARCHIVE_DEVICE && (p->device.type != q->device.type || p->device.major != q->device.major ||
					  p->device.minor != q->device.minor))
		return PAIR_DEVICE;
	/* What the permissions of a symbolic link are nobody asks. */
	if (p->type != ARCHIVE_SYMLINK && p->mode != q->mode)
		return PAIR_MODE;
	if (with_owner && (p->uid != q->uid || p->gid != q->gid || !texts_equal(p->owner, q->owner) ||
			   !texts_equal(p->group, q->group)))
		return PAIR_OWNER;
	return PAIR_EQUAL;
}

/* -------------------------------------------------------------------------------------------------------- checksums
 */

enum { MD5_DIGITS = 2 * MD5_SIZE };

struct line {
	const char *sum; /* MD5_DIGITS */
	const char *path;
	size_t path_length;
};

/* The next line; false at the end and for one that is none, with *rest where it is. */
static bool next_line(const char **rest, const char *end, struct line *line)
{
	const char *newline = memchr(*rest, '\n', (size_t)(end - *rest));

	if (!newline || newline - *rest <= MD5_DIGITS + 2 || memcmp(*rest + MD5_DIGITS, "  ", 2) != 0)
		return false;
	line->sum = *rest;
	line->path = *rest + MD5_DIGITS + 2;
	line->path_length = (size_t)(newline - line->path);
	*rest = newline + 1;
	return true;
}

static bool sum_is_of(const struct line *line, const struct contents *c, const char *path)
{
	const struct contents_entry *entry = contents_find(c, path);
	uint8_t sum[MD5_SIZE];
	char digits[MD5_DIGITS + 1];

	if (!entry || !entry->bytes || md5_once(entry->bytes, entry->size, sum))
		return false;
	text_hex(sum, sizeof(sum), digits, sizeof(digits));
	return !memcmp(digits, line->sum, MD5_DIGITS);
}

bool pair_checksums_follow(const struct pair *pair, const struct contents *a, const struct contents *b,
			   bool (*may_differ)(const char *path, void *context), void *context)
{
	const char *p = (const char *)pair->a->bytes, *q = (const char *)pair->b->bytes;
	const char *p_end, *q_end;
	struct line x, y;

	if (!p || !q)
		return false;
	p_end = p + pair->a->size;
	q_end = q + pair->b->size;
	while (p < p_end && q < q_end) {
		autofree char *path = NULL;

		if (!next_line(&p, p_end, &x) || !next_line(&q, q_end, &y) || x.path_length != y.path_length ||
		    memcmp(x.path, y.path, x.path_length) != 0)
			return false;
		if (!memcmp(x.sum, y.sum, MD5_DIGITS))
			continue;
		path = strndup(x.path, x.path_length);
		if (!path || !may_differ(path, context) || !sum_is_of(&x, a, path) || !sum_is_of(&y, b, path))
			return false;
	}
	return p == p_end && q == q_end;
}

/* --------------------------------------------------------------------------------------------------- Installed-Size
 */

/* The next line of a text, without its end; false: there is none. */
static bool take_line(const char **rest, const char *end, const char **line, size_t *length)
{
	const char *newline = *rest < end ? memchr(*rest, '\n', (size_t)(end - *rest)) : NULL;

	if (!newline)
		return false;
	*line = *rest;
	*length = (size_t)(newline - *rest);
	*rest = newline + 1;
	return true;
}

static bool installed_size(const char *line, size_t length, uint64_t *kib)
{
	static const char field[] = "Installed-Size: ";
	autofree char *copy = strndup(line, length);

	return copy && text_begins(copy, field) && text_decimal(copy + sizeof(field) - 1, kib) && *kib < INT64_MAX;
}

bool pair_size_follows(const struct pair *pair, int64_t kib)
{
	const char *p = (const char *)pair->a->bytes, *q = (const char *)pair->b->bytes, *x, *y;
	const char *p_end, *q_end;
	size_t x_length, y_length, found = 0;

	if (!p || !q)
		return false;
	p_end = p + pair->a->size;
	q_end = q + pair->b->size;
	while (take_line(&p, p_end, &x, &x_length) && take_line(&q, q_end, &y, &y_length)) {
		uint64_t a, b;

		if (x_length == y_length && !memcmp(x, y, x_length))
			continue;
		if (found++ || !installed_size(x, x_length, &a) || !installed_size(y, y_length, &b) ||
		    (int64_t)a - (int64_t)b != kib)
			return false;
	}
	return p == p_end && q == q_end;
}
