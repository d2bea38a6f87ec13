/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What patches bytes, and what names sections and symbols by their numbers. Relocation tables of all forms are read
 * here; elfsect.h has elfsect_patches() and elfsect_section_names().
 */
#ifndef ELFSECT_REFERENCES_H
#define ELFSECT_REFERENCES_H

#include "elfsect_edit.h"

/**
 * region_find_patch() - whether relocations change bytes of a region
 * @patch: receives the first that does
 *
 * Asked are the tables that may apply to the region's section: those of a relocatable file that name it; in a linked
 * file the loader's, which are allocated and apply to all of it, and those that the linker has kept. An empty region is
 * patched by nothing.
 *
 * Return: 1; 0; -ENOEXEC for a malformed table, or one of compact relocations, which are not read.
 */
int region_find_patch(const struct elfsect_view *view, const struct elfsect_region *region, struct elfsect_patch *patch,
		      struct elfsect_error *error);

/**
 * struct symbol_use - a section names a symbol by its number
 * @by: a symbolic relocation section, or a section group, which is identified by a symbol
 * @entry: the relocation's number in it
 */
struct symbol_use {
	const struct elfsect_section *by;
	uint64_t entry;
	uint32_t symbol;
};

typedef int symbol_use_visit(const struct symbol_use *use, void *context, struct elfsect_error *error);

/**
 * section_symbol_uses() - visit the symbols that a section names; most sections name none
 *
 * Return: 0, or what @visit returned that was not 0.
 */
int section_symbol_uses(const struct elfsect_view *view, const struct elfsect_section *by, symbol_use_visit *visit,
			void *context, struct elfsect_error *error);

#endif
