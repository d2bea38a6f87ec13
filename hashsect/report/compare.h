/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The comparison of two digests, from their manifests. */
#ifndef HASHSECT_REPORT_COMPARE_H
#define HASHSECT_REPORT_COMPARE_H

#include <stdbool.h>

#include "report/manifest.h"

enum verdict { VERDICT_IDENTICAL, VERDICT_DIFFERENT, VERDICT_EXCLUDED };

/**
 * struct comparison - two manifests, and what they say of each other
 * @exclusions_differ: some rule left out other bytes, or other trailers were peeled
 * @advice: what to do about a difference that the excluded bytes cause, or NULL; static text
 */
struct comparison {
	const struct manifest *a, *b;
	enum verdict verdict;
	bool exclusions_differ;
	const char *advice;
};

/** exclusions_equal() - whether two manifests leave out the same: bytes, places, and what they are; trailers of modules
 * included */
bool exclusions_equal(const struct manifest *a, const struct manifest *b);

/** exclusion_equal() - the same of one rule */
bool exclusion_equal(const struct manifest_exclusion *a, const struct manifest_exclusion *b);

/** manifest_trailer() - the trailer that is the @i-th to be peeled, or NULL; compressions are none */
const struct manifest_layer *manifest_trailer(const struct manifest *manifest, size_t i);

/** trailers_difference() - what differs, of two trailers that are not NULL; NULL: nothing; static text */
const char *trailers_difference(const struct manifest_layer *a, const struct manifest_layer *b);

/**
 * manifest_piece() - the @i-th piece around the kernel of a boot image, of all its layers, that the digest does not
 * cover; NULL: there is none
 */
const struct manifest_piece *manifest_piece(const struct manifest *manifest, size_t i);

/** pieces_equal() - whether two pieces, which may be NULL, are the same */
bool pieces_equal(const struct manifest_piece *a, const struct manifest_piece *b);

/** map_notes_equal() - the same of the note with the file's map */
bool map_notes_equal(const struct manifest *a, const struct manifest *b);

/** manifests_compare() - they have parts, and one tag */
struct comparison manifests_compare(const struct manifest *a, const struct manifest *b);

/** section_differs() - whether both have sections of a name, and one that differs is among them */
bool section_differs(const struct comparison *comparison, const char *name);

/**
 * struct part_pair - where two manifests differ: the part of A and that of B; NULL: there is none
 */
struct part_pair {
	const struct manifest_part *a, *b;
};

/** struct part_walk - how far next_difference() has come; all zero at first */
struct part_walk {
	size_t a, b;
};

/**
 * next_difference() - the next part that differs; false: there is none
 *
 * Parts are matched by kind and name, in order; where one is missing, the shorter way to the next pair that fits is
 * taken.
 */
bool next_difference(const struct comparison *comparison, struct part_walk *walk, struct part_pair *pair);

#endif
