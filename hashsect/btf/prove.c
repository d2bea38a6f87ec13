// SPDX-License-Identifier: LGPL-2.1-or-later
#include "btf/prove.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "btf/classes.h"

/* In each class the number of the first run that has it, from 1; 0: none. What the base has every run has. */
static void mark_runs(const struct btf_classes *classes, const struct btf *const *runs, size_t count, uint32_t *seen)
{
	for (size_t run = count; run-- > 0;)
		for (uint32_t id = 1; id < btf_end(runs[run]); id++)
			seen[btf_class(classes, runs[run], id)] = (uint32_t)run + 1;
}

static void note(struct btf_differences *list, int side, const struct btf *btf, uint32_t id)
{
	const struct btf_type t = btf_type(btf, id);

	if (list->count < BTF_DIFFERENCES_MAX)
		list->first[list->count] = (struct btf_difference){side, t.kind, id, t.name, 1};
	list->count++;
}

static void look_up(const struct btf_classes *classes, const struct btf *official, const uint32_t *seen,
		    struct btf_proof *proof)
{
	for (uint32_t id = btf_first(official); id < btf_end(official); id++) {
		const uint32_t run = seen[btf_class(classes, official, id)];

		proof->from_runs += run > 1;
		if (!run)
			note(&proof->unexplained, 0, official, id);
	}
}

/* Types that must not be missing: those with a name, as what they are; enumerations, which nothing has to refer to. */
static bool is_needed(const struct btf_type *t, bool by_name)
{
	const bool has_name = *t->name && t->kind != BTF_FUNC && t->kind != BTF_FWD;
	const bool is_enumeration = !*t->name && (t->kind == BTF_ENUM || t->kind == BTF_ENUM64);

	return by_name ? has_name : is_enumeration;
}

static uint32_t key_of(const struct btf_classes *classes, const struct btf *btf, uint32_t id, bool by_name)
{
	return by_name ? btf_classes_name(classes, btf, id) : btf_class(classes, btf, id);
}

/* @present has room for each key, and is zero before and after. */
static void look_for_missing(const struct btf_classes *classes, const struct btf *official, const struct btf *run,
			     bool by_name, uint32_t *present, struct btf_proof *proof)
{
	for (uint32_t id = 1; id < btf_end(official); id++) {
		const struct btf_type t = btf_type(official, id);

		if (is_needed(&t, by_name))
			present[key_of(classes, official, id, by_name)] |= 1U << t.kind;
	}
	for (uint32_t id = btf_first(run); id < btf_end(run); id++) {
		const struct btf_type t = btf_type(run, id);

		if (is_needed(&t, by_name) && !(present[key_of(classes, run, id, by_name)] & 1U << t.kind))
			note(&proof->missing, 1, run, id);
	}
	memset(present, 0, btf_classes_keys(classes) * sizeof(*present));
}

static int union_of_runs(const struct btf *official, const struct btf *const *runs, size_t count,
			 struct btf_proof *proof, struct elfsect_error *error)
{
	const struct btf **all = calloc(count + 1, sizeof(*all));
	struct btf_classes *classes = NULL;
	uint32_t *seen = NULL;
	int ret = -ENOMEM;

	if (!all)
		return failure_errno(error, ENOMEM, "%s", btf_name(official));
	all[0] = official;
	for (size_t i = 0; i < count; i++)
		all[1 + i] = runs[i];
	ret = btf_classes_make(all, count + 1, &classes, error);
	if (!ret) {
		seen = calloc(btf_classes_keys(classes), sizeof(*seen));
		if (!seen)
			ret = failure_errno(error, ENOMEM, "%s", btf_name(official));
	}
	if (!ret) {
		look_for_missing(classes, official, runs[0], true, seen, proof);
		look_for_missing(classes, official, runs[0], false, seen, proof);
		mark_runs(classes, runs, count, seen);
		look_up(classes, official, seen, proof);
	}
	free(seen);
	btf_classes_free(classes);
	free(all);
	return ret;
}

int btf_prove(const struct btf *official, const struct btf *const *runs, size_t count, struct btf_proof *proof,
	      struct elfsect_error *error)
{
	uint32_t offset;
	int ret;

	*proof = (struct btf_proof){0};
	for (size_t i = 0; i < count; i++)
		proof->identical |= btf_identical(official, runs[i]);
	if (proof->identical)
		return 0;
	if (btf_unused_string(official, runs, count, &offset, error))
		return -EBADMSG;
	ret = btf_compare(official, runs[0], &proof->against_first, error);
	return ret ? ret : union_of_runs(official, runs, count, proof, error);
}

bool btf_proven(const struct btf_proof *proof)
{
	return proof->identical ||
	       (!proof->missing.count && !proof->against_first.names.count && !proof->unexplained.count);
}
