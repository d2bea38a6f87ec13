/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether a section that somebody else's build made describes this build, although it is not the same. With several
 * threads two things of pahole before 1.29 depend on timing: of functions with one name the prototype of the one it saw
 * first is kept, and a type that a module shares with its base, or has from several files, may be written once more, in
 * the form that one of the files has it.
 *
 * It does if each type, function and prototype in it is one that some run of pahole over this build wrote too, and no
 * name that the first run has is missing. What is left free then is an order, how often a type is there, and which of
 * the build's own forms stand for a name.
 */
#ifndef HASHSECT_BTF_PROVE_H
#define HASHSECT_BTF_PROVE_H

#include "btf/compare.h"

/**
 * struct btf_proof - what was found
 * @identical: to one of the runs, byte for byte: nothing else was asked
 * @against_first: the section, and the first run
 * @from_runs: types, functions and prototypes that the first run does not have, and a later one does
 * @unexplained: those that none has
 * @missing: of the first run, named types of whose kind and name the section and its base have none, and enumerations
 *	without a name that they do not have. For one that is only declared nothing needs to stand
 */
struct btf_proof {
	bool identical;
	struct btf_comparison against_first;
	uint64_t from_runs;
	struct btf_differences unexplained, missing;
};

/**
 * btf_prove() - look for a proof that @official describes the build that @runs are of
 * @runs: at least one; split ones have the same base as @official. The first is one of all of it; further ones may be
 *of a part, as of one object file
 *
 * Return: 0 if that was answered, see btf_proven(); -EBADMSG if @official holds a string that is no type's name;
 * -ENOMEM; -EFBIG.
 */
ELFSECT_MUST_CHECK int btf_prove(const struct btf *official, const struct btf *const *runs, size_t count,
				 struct btf_proof *proof, struct elfsect_error *error);

/** btf_proven() - whether it does */
bool btf_proven(const struct btf_proof *proof);

#endif
