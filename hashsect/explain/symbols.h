/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The symbols of two files, matched by name: which bytes of one are which of the other, wherever they moved to. */
#ifndef HASHSECT_EXPLAIN_SYMBOLS_H
#define HASHSECT_EXPLAIN_SYMBOLS_H

#include "explain/explanation.h"

/**
 * struct atom - a symbol of a section, what lies between two of them, or bytes that a rule leaves out
 * @name: of the symbol; of a gap that of the symbol before it, or ""; of excluded bytes the rule
 * @offset, @size: in the section
 * @is_behind: a gap behind a symbol that has a size, and so no part of it; a label without one goes on up to the next
 * @mate: the same in the other file; NULL: it has none
 */
struct atom {
	const char *name;
	const struct elfsect_section *section;
	uint64_t offset, size;
	bool is_gap, is_behind, is_function, is_excluded;
	struct atom *mate;
};

/**
 * struct symbols - of one file: all atoms, by section and offset; those of section i are list[first[i]] up to
 * list[first[i + 1]]
 * @loaded: allocated sections by address, @loaded_count of them
 */
struct symbols {
	const struct elfsect_view *view;
	struct atom *list;
	size_t count;
	size_t *first;
	const struct elfsect_section **loaded;
	size_t loaded_count;
};

/** symbols_read() - of a file; symbols_clear() afterwards, always; 0 or -ENOMEM */
ELFSECT_MUST_CHECK int symbols_read(const struct explain_side *side, struct symbols *symbols);
void symbols_clear(struct symbols *symbols);

/** symbols_match() - of two files: by name and section; @mates: for each section of A that of B, or UINT32_MAX */
ELFSECT_MUST_CHECK int symbols_match(struct symbols *a, struct symbols *b, const uint32_t *mates);

/** atom_is_between() - whether it is part of no symbol; a label's bytes are its own */
static inline bool atom_is_between(const struct atom *atom)
{
	return atom->is_gap && (atom->is_behind || !*atom->name);
}

/** symbols_at() - the atom that holds an offset of a section; NULL: it lies outside */
const struct atom *symbols_at(const struct symbols *symbols, uint32_t section, uint64_t offset);

/** symbols_at_address() - the same for an address of a linked file; @inside: receives the offset in the atom */
const struct atom *symbols_at_address(const struct symbols *symbols, uint64_t address, uint64_t *inside);

/**
 * symbols_moved() - whether what A has at one address B has at another: the same place in atoms that match
 * @a, @b: addresses in linked files
 * @is_certain: that they are some is hardly a coincidence
 */
bool symbols_moved(const struct symbols *symbols_a, uint64_t a, const struct symbols *symbols_b, uint64_t b,
		   bool is_certain);

#endif
