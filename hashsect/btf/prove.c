// SPDX-License-Identifier: LGPL-2.1-or-later
#include "btf/prove.h"

#include <stdlib.h>

#include "base/error.h"
#include "btf/classes.h"

static bool is_function_side(enum btf_kind kind)
{
	return kind == BTF_FUNC || kind == BTF_FUNC_PROTO;
}

/* In each class the number of the first run that has it, from 1; 0: none. */
static void mark_runs(const struct btf_classes *classes, const struct btf *const *runs, size_t count, uint32_t *seen)
{
	for (size_t run = count; run-- > 0;)
		for (uint32_t id = btf_first(runs[run]); id < btf_end(runs[run]); id++)
			if (is_function_side(btf_type(runs[run], id).kind))
				seen[btf_class(classes, runs[run], id)] = (uint32_t)run + 1;
}

static void look_up(const struct btf_classes *classes, const struct btf *official, const uint32_t *seen,
		    struct btf_proof *proof)
{
	struct btf_differences *none = &proof->unexplained;

	for (uint32_t id = btf_first(official); id < btf_end(official); id++) {
		const struct btf_type t = btf_type(official, id);
		uint32_t run;

		if (!is_function_side(t.kind))
			continue;
		run = seen[btf_class(classes, official, id)];
		proof->from_runs += run > 1;
		if (run)
			continue;
		if (none->count < BTF_DIFFERENCES_MAX)
			none->first[none->count] = (struct btf_difference){0, t.kind, id, t.name, 1};
		none->count++;
	}
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
	       (!proof->against_first.other.count && !proof->against_first.names.count && !proof->unexplained.count);
}
