/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of the relocation types of the psABIs; elfsect_relocation_width() reads the same table. */
#ifndef ELFSECT_RELOCATION_TYPES_H
#define ELFSECT_RELOCATION_TYPES_H

#include <stdbool.h>
#include <stdint.h>

/**
 * relocation_patched_width() - bytes that a relocation patches
 *
 * The digest format lists ten machines, and for others assumes the widest field: elfsect_relocation_width(). Edits may
 * know better.
 */
unsigned int relocation_patched_width(uint16_t machine, uint32_t type);

/**
 * relocation_integer_width() - the width of a field that is one whole integer and holds symbol + addend [- place]
 * @relative: whether the place is subtracted
 *
 * Return: bytes; 0 if the type is not one of these.
 */
unsigned int relocation_integer_width(uint16_t machine, uint32_t type, bool *relative);

#endif
