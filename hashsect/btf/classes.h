/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which types are the same, whatever their numbers: two types have one class if they are equal in kind, name, size and
 * members, and so is everything that one can get to from them, in the same way. Cycles are no matter: types are put
 * apart as long as something puts them apart, and what remains together is the same.
 *
 * Of a function that is referred to (by a tag) only its name counts there, so that a function's prototype is a fact of
 * that function alone.
 */
#ifndef HASHSECT_BTF_CLASSES_H
#define HASHSECT_BTF_CLASSES_H

#include "btf/btf.h"

struct btf_classes;

/**
 * btf_classes_make() - the classes of the types of several sections, and of their bases, together
 * @sections: @count of them; one base that several share is looked at once
 *
 * Return: 0; -EFBIG for types nested beyond all measure; -ENOMEM.
 */
ELFSECT_MUST_CHECK int btf_classes_make(const struct btf *const *sections, size_t count, struct btf_classes **out,
					struct elfsect_error *error);

/** btf_classes_free() - release them; NULL is allowed */
void btf_classes_free(struct btf_classes *classes);

/** btf_class() - of type @id of one of these sections */
uint32_t btf_class(const struct btf_classes *classes, const struct btf *section, uint32_t id);

/** btf_classes_name() - a number for its name: equal names, and no others, have the same */
uint32_t btf_classes_name(const struct btf_classes *classes, const struct btf *section, uint32_t id);

/** btf_classes_keys() - one more than the largest number of a class or of a name */
uint32_t btf_classes_keys(const struct btf_classes *classes);

#endif
