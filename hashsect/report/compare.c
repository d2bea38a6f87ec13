// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/compare.h"

#include <string.h>

#include "digest/records.h"

/* --------------------------------------------------------------------------------------------- what is left out */

static uint64_t excluded_length(const struct manifest_exclusion *e)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < e->range_count; i++)
		sum += e->ranges[i].length;
	return sum;
}

static bool contents_equal(const struct manifest_exclusion *p, const struct manifest_exclusion *q)
{
	bool equal = p->content_count == q->content_count;

	for (size_t i = 0; equal && i < p->content_count; i++)
		equal = !strcmp(p->contents[i], q->contents[i]);
	return equal;
}

/* All that is known of an exclusion: the bytes, where they are, and what they are found to be (symbols among it). */
bool exclusion_equal(const struct manifest_exclusion *p, const struct manifest_exclusion *q)
{
	return !memcmp(p->sha256, q->sha256, sizeof(p->sha256)) && p->resolution == q->resolution &&
	       excluded_length(p) == excluded_length(q) && contents_equal(p, q);
}

const struct manifest_layer *manifest_trailer(const struct manifest *m, size_t i)
{
	for (size_t j = 0; j < m->layer_count; j++)
		if (m->layers[j].is_trailer && !i--)
			return &m->layers[j];
	return NULL;
}

/* Both known, and the same. */
static bool same_text(const char *p, const char *q)
{
	return p && q && !strcmp(p, q);
}

static bool same_signer(const struct manifest_layer *p, const struct manifest_layer *q)
{
	if (p->signer_name || q->signer_name)
		return same_text(p->signer_name, q->signer_name) && same_text(p->key_id, q->key_id);
	return same_text(p->key_id, q->key_id) || (same_text(p->issuer, q->issuer) && same_text(p->serial, q->serial));
}

const char *trailers_difference(const struct manifest_layer *a, const struct manifest_layer *b)
{
	if (!memcmp(a->sha256, b->sha256, sizeof(a->sha256)))
		return NULL;
	if (strcmp(a->kind, b->kind) != 0)
		return "another kind";
	if (!a->signers || !b->signers)
		return "other bytes";
	if (!a->key_id && !a->issuer && !b->key_id && !b->issuer)
		return "other bytes, of signers that this tool cannot read";
	if (!same_signer(a, b))
		return "another signer";
	if ((a->hash || b->hash) && !(same_text(a->hash, b->hash) && same_text(a->algorithm, b->algorithm)))
		return "same signer, another algorithm";
	return "same signer, other value";
}

static bool trailers_equal(const struct manifest *a, const struct manifest *b)
{
	for (size_t i = 0;; i++) {
		const struct manifest_layer *p = manifest_trailer(a, i), *q = manifest_trailer(b, i);

		if (!p || !q)
			return !p && !q;
		if (trailers_difference(p, q))
			return false;
	}
}

const struct manifest_piece *manifest_piece(const struct manifest *m, size_t i)
{
	for (size_t j = 0; j < m->layer_count; j++) {
		const struct manifest_layer *layer = &m->layers[j];

		if (layer->counted)
			continue;
		if (i < layer->piece_count)
			return &layer->pieces[i];
		i -= layer->piece_count;
	}
	return NULL;
}

bool pieces_equal(const struct manifest_piece *a, const struct manifest_piece *b)
{
	return !a || !b ? a == b : !strcmp(a->name, b->name) && !memcmp(a->sha256, b->sha256, sizeof(a->sha256));
}

static bool surroundings_equal(const struct manifest *a, const struct manifest *b)
{
	for (size_t i = 0;; i++) {
		const struct manifest_piece *p = manifest_piece(a, i), *q = manifest_piece(b, i);

		if (!p && !q)
			return true;
		if (!pieces_equal(p, q))
			return false;
	}
}

bool map_notes_equal(const struct manifest *a, const struct manifest *b)
{
	const struct manifest_note *p = a->map_note, *q = b->map_note;

	return !p || !q ? p == q : !memcmp(p->sha256, q->sha256, sizeof(p->sha256));
}

bool exclusions_equal(const struct manifest *a, const struct manifest *b)
{
	bool equal = a->exclusion_count == b->exclusion_count && trailers_equal(a, b) && surroundings_equal(a, b) &&
		     map_notes_equal(a, b);

	for (size_t i = 0; equal && i < a->exclusion_count; i++)
		equal = exclusion_equal(&a->exclusions[i], &b->exclusions[i]);
	return equal;
}

/* -------------------------------------------------------------------------------------------------------- verdict */

/* Digests differ: is it a key of another length, or one file with and one without a section for it? */
static const char *find_advice(const struct manifest *a, const struct manifest *b)
{
	for (size_t i = 0; i < a->exclusion_count && i < b->exclusion_count; i++) {
		const struct manifest_exclusion *p = &a->exclusions[i], *q = &b->exclusions[i];

		if (p->resolution == 'M' && q->resolution == 'M' && excluded_length(p) != excluded_length(q))
			return "the excluded bytes have different lengths, and everything behind them moved: for keys "
			       "of different lengths the keyring needs its own section (see scripts/kbuild)";
		if (p->resolution != q->resolution)
			return "one file has a section of its own for the excluded bytes, the other one does not: "
			       "isolate the keyring in both (see scripts/kbuild)";
	}
	return NULL;
}

struct comparison manifests_compare(const struct manifest *a, const struct manifest *b)
{
	struct comparison c = {.a = a, .b = b};

	c.exclusions_differ = !exclusions_equal(a, b);
	if (strcmp(a->digest, b->digest) != 0) {
		c.verdict = VERDICT_DIFFERENT;
		c.advice = find_advice(a, b);
	} else {
		c.verdict = c.exclusions_differ ? VERDICT_EXCLUDED : VERDICT_IDENTICAL;
	}
	return c;
}

/* ------------------------------------------------------------------------------------------------ differing parts */

static bool same_part(const struct manifest_part *a, const struct manifest_part *b)
{
	return a->kind == b->kind && !strcmp(a->name, b->name);
}

static size_t distance(const struct manifest *m, size_t from, const struct manifest_part *part)
{
	enum { LOOK_AHEAD = 64 };

	for (size_t i = 0; i < LOOK_AHEAD && from + i < m->part_count; i++)
		if (same_part(&m->parts[from + i], part))
			return i;
	return SIZE_MAX;
}

bool next_difference(const struct comparison *c, struct part_walk *walk, struct part_pair *pair)
{
	while (walk->a < c->a->part_count || walk->b < c->b->part_count) {
		const struct manifest_part *p = walk->a < c->a->part_count ? &c->a->parts[walk->a] : NULL;
		const struct manifest_part *q = walk->b < c->b->part_count ? &c->b->parts[walk->b] : NULL;

		*pair = (struct part_pair){p, q};
		if (p && q && same_part(p, q)) {
			walk->a++;
			walk->b++;
			if (memcmp(p->hash, q->hash, c->a->hash_size) != 0)
				return true;
		} else if (!q || (p && distance(c->a, walk->a, q) <= distance(c->b, walk->b, p))) {
			walk->a++;
			pair->b = NULL;
			return true;
		} else {
			walk->b++;
			pair->a = NULL;
			return true;
		}
	}
	return false;
}

bool section_differs(const struct comparison *c, const char *name)
{
	struct part_walk walk = {0};
	struct part_pair pair;

	while (c->verdict == VERDICT_DIFFERENT && next_difference(c, &walk, &pair))
		if (pair.a && pair.b && pair.a->kind == PART_SECTION && !strcmp(pair.a->name, name))
			return true;
	return false;
}
