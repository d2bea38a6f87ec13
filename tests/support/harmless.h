/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The positions of a file where a flipped bit may leave the digest as it is: hashsect/FORMAT.md, section 9. */
#ifndef HARMLESS_H
#define HARMLESS_H

#include "hashsect.h"

/**
 * enum harmless - why a bit may not count
 * @HARMLESS_NOT: it must count
 * @HARMLESS_EXCLUDED: a byte that a rule excludes, and not one of the residue
 * @HARMLESS_OFFSET: where nothing is read (sh_offset of NOBITS, and of empty sections but loaded ones), or where the
 *	same bytes are read
 * @HARMLESS_NAME: a name's offset that was moved to an equal string
 * @HARMLESS_ENTSIZE: the size of entries of a table without entries
 * @HARMLESS_TABLE: the size of a derived string table, which may have more or fewer zero bytes at its end
 * @HARMLESS_SYMBOL: of a symbol in a section that is taken out: the size of the slot, where it grows into padding
 * @HARMLESS_ADDRESS: the address, in a relocatable file, of an empty section that is not allocated and holds no symbol
 */
enum harmless {
	HARMLESS_NOT,
	HARMLESS_EXCLUDED,
	HARMLESS_OFFSET,
	HARMLESS_NAME,
	HARMLESS_ENTSIZE,
	HARMLESS_TABLE,
	HARMLESS_SYMBOL,
	HARMLESS_ADDRESS,
	HARMLESS_KINDS,
};

extern const char *const harmless_names[HARMLESS_KINDS];

/**
 * harmless_at() - what a change at this byte may be, judged from where it is
 * @before: the file
 * @digest: of @before
 * @after: the file with the change, in which the digest is the same
 */
enum harmless harmless_at(const struct elfsect_view *before, const struct hashsect_digest *digest,
			  const struct elfsect_view *after, uint64_t offset);

#endif
