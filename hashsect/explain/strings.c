// SPDX-License-Identifier: LGPL-2.1-or-later
#include "explain/strings.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static size_t split(const uint8_t *bytes, uint64_t size, struct string **list)
{
	size_t count = 0, room = 1;

	for (uint64_t i = 0; i < size; i++)
		room += !bytes[i];
	*list = calloc(room + 1, sizeof(**list));
	for (uint64_t at = 0; *list && at < size;) {
		const uint8_t *end = memchr(bytes + at, 0, size - at);
		const uint64_t length = end ? (uint64_t)(end - bytes) - at + 1 : size - at;

		(*list)[count++] = (struct string){(const char *)bytes + at, length};
		at += length;
	}
	return count;
}

static int by_text(const void *a, const void *b)
{
	const struct string *p = a, *q = b;
	const int order = memcmp(p->text, q->text, p->size < q->size ? p->size : q->size);

	return order ? order : p->size < q->size ? -1 : p->size > q->size;
}

static int by_place(const void *a, const void *b)
{
	const struct string *p = a, *q = b;

	return p->text < q->text ? -1 : p->text > q->text;
}

int strings_compare(const uint8_t *const bytes[2], const uint64_t sizes[2], struct string_difference *d)
{
	autofree struct string *a = NULL;
	autofree struct string *b = NULL;
	const size_t a_count = split(bytes[0], sizes[0], &a), b_count = split(bytes[1], sizes[1], &b);

	*d = (struct string_difference){
		.only = {calloc(a_count + 1, sizeof(struct string)), calloc(b_count + 1, sizeof(struct string))}};
	if (!a || !b || !d->only[0] || !d->only[1])
		return -ENOMEM;
	qsort(a, a_count, sizeof(*a), by_text);
	qsort(b, b_count, sizeof(*b), by_text);
	for (size_t i = 0, k = 0; i < a_count || k < b_count;) {
		const int order = i == a_count ? 1 : k == b_count ? -1 : by_text(&a[i], &b[k]);
		const struct string *one = order <= 0 ? &a[i] : &b[k];

		if (order < 0)
			d->only[0][d->count[0]++] = *one;
		if (order > 0)
			d->only[1][d->count[1]++] = *one;
		/* All of one text at once. */
		while (order <= 0 && i < a_count && !by_text(&a[i], one))
			i++;
		while (order >= 0 && k < b_count && !by_text(&b[k], one))
			k++;
	}
	for (int side = 0; side < 2; side++)
		qsort(d->only[side], d->count[side], sizeof(struct string), by_place);
	return 0;
}

void strings_clear(struct string_difference *d)
{
	free(d->only[0]);
	free(d->only[1]);
	*d = (struct string_difference){0};
}

bool string_has_seed(const char *text)
{
	static const char mark[] = " RANDSTRUCT_";
	const char *at = strstr(text, mark);

	return at && strspn(at + strlen(mark), "0123456789abcdef") >= 16;
}

bool string_is_text(const struct string *s)
{
	if (s->size < 2 || s->text[s->size - 1])
		return false;
	for (size_t i = 0; i + 1 < s->size; i++)
		if (!isprint((unsigned char)s->text[i]) && !isspace((unsigned char)s->text[i]) && s->text[i] != 1)
			return false;
	return true;
}

/* From the last character that starts a path, in front of where they part, up to where they are the same again. */
bool strings_paths(const struct string *a, const struct string *b, char **before, char **after)
{
	const size_t least = a->size < b->size ? a->size : b->size;
	size_t same = 0, tail = 0, start;

	while (same < least && a->text[same] == b->text[same])
		same++;
	while (tail < least - same && a->text[a->size - 1 - tail] == b->text[b->size - 1 - tail])
		tail++;
	start = same;
	while (start && a->text[start - 1] != '=' && a->text[start - 1] != ' ' && a->text[start - 1] != ':')
		start--;
	if (same == least || a->text[start] != '/' || b->text[start] != '/')
		return false;
	/* Whole names of folders. */
	while (tail && a->text[a->size - tail] != '/' && a->text[a->size - tail])
		tail--;
	*before = strndup(a->text + start, a->size - tail - start);
	*after = strndup(b->text + start, b->size - tail - start);
	return true;
}
