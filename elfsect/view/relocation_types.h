/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of the relocation types of the psABIs. */
#ifndef ELFSECT_RELOCATION_TYPES_H
#define ELFSECT_RELOCATION_TYPES_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What is known of the addend of a relocation type: the plain integer fields of the psABIs.
 * Return: their width in bytes, or 0 if the type is not one of them. relative: the place is subtracted.
 */
unsigned int plain_addend(uint16_t machine, uint32_t type, bool *relative);

/* Bytes that a relocation patches; more than elfsect_relocation_width() knows about the machines listed there. */
unsigned int patched_width(uint16_t machine, uint32_t type);

#endif
