/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One table entry or header, written in the class and byte order of a file. */
#ifndef ELFSECT_ENCODE_H
#define ELFSECT_ENCODE_H

#include "view/view.h"

void encode_symbol(const struct elfsect_view *view, uint8_t *p, const struct elfsect_symbol *symbol);

/* type: SHT_REL or SHT_RELA */
void encode_relocation(const struct elfsect_view *view, uint32_t type, uint8_t *p,
		       const struct elfsect_relocation *relocation);

void encode_section(const struct elfsect_view *view, uint8_t *p, const struct elfsect_section *section);

#endif
