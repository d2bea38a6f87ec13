/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Causes under way: those of one kind and subject are one, and what they explain adds up. */
#ifndef HASHSECT_EXPLAIN_CAUSES_H
#define HASHSECT_EXPLAIN_CAUSES_H

#include "explain/explanation.h"

/* A place where bytes differ, in a section of each side; NULL: in none. */
struct place {
	const struct elfsect_section *sections[2];
	uint64_t offset[2];
	uint64_t bytes;
};

/**
 * causes_add() - put a place down to a cause
 * @before, @after: may be NULL; part of what tells causes apart
 *
 * Return: the cause, until the next call; NULL: no memory.
 */
struct explain_cause *causes_add(struct explanation *e, enum explain_kind kind, const char *subject, const char *before,
				 const char *after, const struct place *place);

/** causes_have() - whether there is one of this kind and subject, without a before and after */
bool causes_have(const struct explanation *e, enum explain_kind kind, const char *subject);

/**
 * causes_take() - take causes away that follow from another one
 * @follows: whether one does
 *
 * When all were added.
 *
 * Return: the bytes that they explained.
 */
uint64_t causes_take(struct explanation *e, bool (*follows)(const struct explain_cause *cause));

/** causes_sort() - largest first, then in the order of kinds and subjects */
void causes_sort(struct explanation *e);

#endif
