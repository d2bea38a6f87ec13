/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What assemblers and linkers put between code and data: zero bytes, traps, instructions that do nothing. */
#ifndef HASHSECT_EXPLAIN_FILL_H
#define HASHSECT_EXPLAIN_FILL_H

#include <stdbool.h>
#include <stdint.h>

/** is_fill() - whether these bytes are nothing else, on a machine (e_machine) */
bool is_fill(uint16_t machine, const uint8_t *bytes, uint64_t size);

#endif
