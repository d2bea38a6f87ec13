// SPDX-License-Identifier: LGPL-2.1-or-later
#include "explain/around.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image/image.h"

/* The @i-th piece of an image, of all its layers; NULL: there is none. */
static const struct layer_piece *piece_at(const struct image *image, size_t i)
{
	size_t count;
	const struct image_layer *layers = image ? image_layers(image, &count) : NULL;

	if (!layers)
		return NULL;
	for (size_t k = 0; k < count; k++) {
		if (i < layers[k].piece_count)
			return &layers[k].pieces[i];
		i -= layers[k].piece_count;
	}
	return NULL;
}

/* The piece that stands for the @i-th of A in B: of several with one name those in the same order. */
static const struct layer_piece *mate_of(const struct image *from, size_t i, const struct image *to)
{
	const struct layer_piece *piece = piece_at(from, i), *other;
	size_t before = 0;

	for (size_t k = 0; k < i; k++)
		before += !strcmp(piece_at(from, k)->name, piece->name);
	for (size_t k = 0; (other = piece_at(to, k)); k++)
		if (!strcmp(other->name, piece->name) && !before--)
			return other;
	return NULL;
}

static uint64_t count_differing(const uint8_t *a, const uint8_t *b, uint64_t size)
{
	uint64_t count = 0;

	for (uint64_t i = 0; i < size; i++)
		count += a[i] != b[i];
	return count;
}

/* Where one is longer the other lies at its start or at its end, whichever fits better. */
static uint64_t differing_bytes(const struct layer_piece *a, const struct layer_piece *b)
{
	const struct layer_piece *longer = a->size > b->size ? a : b, *shorter = longer == a ? b : a;
	const uint64_t more = longer->size - shorter->size;
	const uint64_t at_start = count_differing(longer->bytes, shorter->bytes, shorter->size);
	const uint64_t at_end = more ? count_differing(longer->bytes + more, shorter->bytes, shorter->size) : at_start;

	return more + (at_start < at_end ? at_start : at_end);
}

static int add(struct explaining *w, const char *name, const struct layer_piece *a, const struct layer_piece *b)
{
	const struct section_pair nowhere = {w, {NULL, NULL}, {NULL, NULL}};
	char sizes[2][40] = {"nothing", "nothing"};
	const uint64_t bytes = a && b ? differing_bytes(a, b) : a ? a->size : b ? b->size : 0;
	const bool has_sizes = !a || !b || a->size != b->size;

	if (a)
		snprintf(sizes[0], sizeof(sizes[0]), "%" PRIu64 " bytes", a->size);
	if (b)
		snprintf(sizes[1], sizeof(sizes[1]), "%" PRIu64 " bytes", b->size);
	return explain_add(&nowhere, EXPLAIN_AROUND, name, has_sizes ? sizes[0] : NULL, has_sizes ? sizes[1] : NULL, 0,
			   0, bytes);
}

int explain_around(struct explaining *w)
{
	const struct image *a = w->sides[0].image, *b = w->sides[1].image;
	const struct layer_piece *piece;
	int ret = 0;

	for (size_t i = 0; (piece = piece_at(a, i)) && !ret; i++) {
		const struct layer_piece *mate = mate_of(a, i, b);

		if (!mate || mate->size != piece->size || memcmp(mate->bytes, piece->bytes, piece->size) != 0)
			ret = add(w, piece->name, piece, mate);
	}
	for (size_t i = 0; (piece = piece_at(b, i)) && !ret; i++)
		if (!mate_of(b, i, a))
			ret = add(w, piece->name, NULL, piece);
	return ret;
}
