/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The comparison of two digests, from their manifests. */
#ifndef HASHSECT_REPORT_COMPARE_H
#define HASHSECT_REPORT_COMPARE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>

enum verdict { VERDICT_IDENTICAL, VERDICT_DIFFERENT, VERDICT_EXCLUDED };

/*
 * struct comparison - two manifests, and what they say of each other
 * @exclusions_differ: some rule left out other bytes, or other trailers were peeled
 * @advice: what to do about a difference that the excluded bytes cause, or NULL; static text
 */
struct comparison {
	const struct json_object *a, *b;
	enum verdict verdict;
	bool exclusions_differ;
	const char *advice;
};

/* Whether two manifests leave out the same: bytes, places, and what they are; trailers of modules included. */
bool exclusions_equal(const struct json_object *a, const struct json_object *b);

/* Compare. The manifests are valid, with parts, and have one tag. */
struct comparison compare_manifests(const struct json_object *a, const struct json_object *b);

void print_comparison(const struct comparison *comparison, FILE *out);

/* The same as a JSON object, which the caller releases. */
struct json_object *comparison_object(const struct comparison *comparison);

#endif
