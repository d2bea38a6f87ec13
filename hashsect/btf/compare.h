/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Two sections that should say the same. pahole before 1.29, with several threads, writes the types of one kernel in an
 * order that depends on timing, and so it does the choice of the prototype where several functions have one name. All
 * other types are the same in all its runs.
 */
#ifndef HASHSECT_BTF_COMPARE_H
#define HASHSECT_BTF_COMPARE_H

#include "btf/btf.h"

enum { BTF_DIFFERENCES_MAX = 64 };

/**
 * struct btf_difference - a type that one side has more of
 * @side: 0 the first, 1 the second
 * @id: its number there
 * @name: borrowed from that section; "" if it has none
 * @more: by how many
 */
struct btf_difference {
	int side;
	enum btf_kind kind;
	uint32_t id;
	const char *name;
	uint32_t more;
};

/**
 * struct btf_differences - those of one sort, in the order of the first side, then of the second
 * @first: of @count, as many as there is room for
 */
struct btf_differences {
	uint64_t count;
	struct btf_difference first[BTF_DIFFERENCES_MAX];
};

/**
 * struct btf_comparison - what two sections have in common
 * @identical: byte for byte, bases too
 * @types: own types of each
 * @functions: functions of each
 * @other: types that are neither functions nor prototypes
 * @names: names of functions, however often, that neither the other side nor its base has
 * @function: functions with their prototypes; those whose names differ are among them
 * @prototype: prototypes
 */
struct btf_comparison {
	bool identical;
	uint32_t types[2], functions[2];
	struct btf_differences other, names, function, prototype;
};

/**
 * btf_compare() - compare two sections, type by type, whatever their order
 *
 * Types are the same if kind, name, size, members and everything that they refer to are, see btf/classes.h.
 *
 * Return: 0; -ENOMEM; -EFBIG.
 */
ELFSECT_MUST_CHECK int btf_compare(const struct btf *a, const struct btf *b, struct btf_comparison *result,
				   struct elfsect_error *error);

/** btf_same_types() - whether the order is all that can differ */
bool btf_same_types(const struct btf_comparison *comparison);

#endif
