// SPDX-License-Identifier: LGPL-2.1-or-later
#include "btf/compare.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "btf/classes.h"

/* Two sides, their classes, and how many of each class one side has more than the other. */
struct sides {
	const struct btf *btf[2];
	struct btf_classes *classes;
	int64_t *surplus;
};

typedef bool type_filter(enum btf_kind kind);
typedef uint32_t type_key(const struct btf_classes *classes, const struct btf *btf, uint32_t id);

static bool is_other(enum btf_kind kind)
{
	return kind != BTF_FUNC && kind != BTF_FUNC_PROTO;
}

static bool is_function(enum btf_kind kind)
{
	return kind == BTF_FUNC;
}

static bool is_prototype(enum btf_kind kind)
{
	return kind == BTF_FUNC_PROTO;
}

static void count_side(const struct sides *s, int side, type_filter *filter, type_key *key)
{
	const struct btf *btf = s->btf[side];

	for (uint32_t id = btf_first(btf); id < btf_end(btf); id++)
		if (filter(btf_type(btf, id).kind))
			s->surplus[key(s->classes, btf, id)] += side ? -1 : 1;
}

/* The types that a side has more of, each class once, where its first type is. */
static void note_side(const struct sides *s, int side, type_filter *filter, type_key *key, struct btf_differences *out)
{
	const struct btf *btf = s->btf[side];

	for (uint32_t id = btf_first(btf); id < btf_end(btf); id++) {
		const struct btf_type t = btf_type(btf, id);
		int64_t *surplus, more;

		if (!filter(t.kind))
			continue;
		surplus = &s->surplus[key(s->classes, btf, id)];
		more = side ? -*surplus : *surplus;
		if (more <= 0)
			continue;
		if (out->count < BTF_DIFFERENCES_MAX)
			out->first[out->count] = (struct btf_difference){side, t.kind, id, t.name, (uint32_t)more};
		out->count++;
		*surplus = 0;
	}
}

static void compare_by(const struct sides *s, type_filter *filter, type_key *key, struct btf_differences *out)
{
	for (int side = 0; side < 2; side++)
		count_side(s, side, filter, key);
	/* Which leaves all of them at 0. */
	for (int side = 0; side < 2; side++)
		note_side(s, side, filter, key, out);
}

/*
 * How often a name is there does not matter: each thread of pahole has a list of its own of what it has written. A
 * function of a module that the base has too, prototype and all, is not written again: names of bases count.
 */
static void compare_names(const struct sides *s, struct btf_differences *out)
{
	for (uint32_t id = 1; id < btf_end(s->btf[0]); id++)
		if (is_function(btf_type(s->btf[0], id).kind))
			s->surplus[btf_classes_name(s->classes, s->btf[0], id)] = 1;
	for (uint32_t id = 1; id < btf_end(s->btf[1]); id++) {
		int64_t *surplus = &s->surplus[btf_classes_name(s->classes, s->btf[1], id)];

		if (is_function(btf_type(s->btf[1], id).kind))
			*surplus = *surplus == 1 || *surplus == 2 ? 2 : -1;
	}
	for (uint32_t i = 0; i < btf_classes_keys(s->classes); i++)
		if (s->surplus[i] == 2)
			s->surplus[i] = 0;
	for (int side = 0; side < 2; side++)
		note_side(s, side, is_function, btf_classes_name, out);
	memset(s->surplus, 0, btf_classes_keys(s->classes) * sizeof(*s->surplus));
}

static uint32_t count_functions(const struct btf *btf)
{
	uint32_t count = 0;

	for (uint32_t id = btf_first(btf); id < btf_end(btf); id++)
		count += btf_type(btf, id).kind == BTF_FUNC;
	return count;
}

int btf_compare(const struct btf *a, const struct btf *b, struct btf_comparison *result, struct elfsect_error *error)
{
	struct sides s = {.btf = {a, b}};
	int ret;

	*result = (struct btf_comparison){0};
	for (int i = 0; i < 2; i++) {
		result->types[i] = btf_end(s.btf[i]) - btf_first(s.btf[i]);
		result->functions[i] = count_functions(s.btf[i]);
	}
	result->identical = btf_identical(a, b);
	ret = btf_classes_make(s.btf, 2, &s.classes, error);
	if (ret)
		return ret;
	s.surplus = calloc(btf_classes_keys(s.classes), sizeof(*s.surplus));
	if (s.surplus) {
		compare_by(&s, is_other, btf_class, &result->other);
		compare_names(&s, &result->names);
		compare_by(&s, is_function, btf_class, &result->function);
		compare_by(&s, is_prototype, btf_class, &result->prototype);
	} else {
		ret = failure_errno(error, ENOMEM, "comparing BTF types");
	}
	free(s.surplus);
	btf_classes_free(s.classes);
	return ret;
}

bool btf_same_types(const struct btf_comparison *c)
{
	return !c->other.count && !c->names.count && !c->function.count && !c->prototype.count;
}
