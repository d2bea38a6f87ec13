// SPDX-License-Identifier: LGPL-2.1-or-later
#include "btf/intern.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct row {
	size_t start, count; /* in words */
	uint64_t hash;
};

struct intern {
	uint64_t key[2];
	uint32_t *words;
	size_t words_used, words_room;
	struct row *rows;
	uint32_t *places; /* row + 1, or 0; a power of two of them, at most half in use */
	uint32_t count, room;
};

struct intern *intern_new(void)
{
	struct intern *s = calloc(1, sizeof(*s));

	/* Without random numbers it only may be slower. */
	if (s && getrandom(s->key, sizeof(s->key), GRND_NONBLOCK) != (ssize_t)sizeof(s->key))
		s->key[0] = s->key[1] = 1;
	return s;
}

void intern_free(struct intern *s)
{
	if (!s)
		return;
	free(s->words);
	free(s->rows);
	free(s->places);
	free(s);
}

void intern_clear(struct intern *s)
{
	s->words_used = 0;
	s->count = 0;
	if (s->places)
		memset(s->places, 0, 2 * (size_t)s->room * sizeof(*s->places));
}

/* Spreads both over all bits; @b is odd. Multiplication reaches upwards only. */
static uint64_t mix(uint64_t a, uint64_t b)
{
	uint64_t product = a * b;

	product ^= product >> 32;
	product *= b;
	return product ^ product >> 29;
}

static uint64_t hash_row(const struct intern *s, const uint32_t *row, size_t count)
{
	uint64_t h = s->key[0] ^ count;

	for (size_t i = 0; i < count; i++)
		h = mix(h ^ row[i] ^ s->key[1], s->key[1] | 1) + s->key[0];
	return mix(h, s->key[0] | 1);
}

/* Twice as many rows, and their places anew. */
static bool grow(struct intern *s)
{
	const uint32_t room = s->room ? 2 * s->room : 1024;
	struct row *rows = realloc(s->rows, room * sizeof(*rows));
	uint32_t *places;

	if (!rows)
		return false;
	s->rows = rows;
	places = calloc(2 * (size_t)room, sizeof(*places));
	if (!places)
		return false;
	for (uint32_t i = 0; i < s->count; i++) {
		size_t at = rows[i].hash & (2 * (size_t)room - 1);

		while (places[at])
			at = (at + 1) & (2 * (size_t)room - 1);
		places[at] = i + 1;
	}
	free(s->places);
	s->places = places;
	s->room = room;
	return true;
}

static bool keep_words(struct intern *s, const uint32_t *row, size_t count)
{
	if (s->words_room - s->words_used < count) {
		const size_t room = 2 * (s->words_used + count) + 4096;
		uint32_t *words = realloc(s->words, room * sizeof(*words));

		if (!words)
			return false;
		s->words = words;
		s->words_room = room;
	}
	if (count)
		memcpy(s->words + s->words_used, row, count * sizeof(*row));
	s->words_used += count;
	return true;
}

static bool is_row(const struct intern *s, const struct row *r, uint64_t hash, const uint32_t *row, size_t count)
{
	return r->hash == hash && r->count == count &&
	       (!count || !memcmp(s->words + r->start, row, count * sizeof(*row)));
}

int64_t intern_row(struct intern *s, const uint32_t *row, size_t count)
{
	const uint64_t hash = hash_row(s, row, count);
	size_t at;

	if (s->count == s->room && !grow(s))
		return -ENOMEM;
	for (at = hash & (2 * (size_t)s->room - 1); s->places[at]; at = (at + 1) & (2 * (size_t)s->room - 1))
		if (is_row(s, &s->rows[s->places[at] - 1], hash, row, count))
			return s->places[at] - 1;
	s->rows[s->count] = (struct row){s->words_used, count, hash};
	if (!keep_words(s, row, count))
		return -ENOMEM;
	s->places[at] = ++s->count;
	return s->count - 1;
}

uint32_t intern_count(const struct intern *s)
{
	return s->count;
}
