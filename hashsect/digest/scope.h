/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What scope "loaded" has: FORMAT.md section 4. */
#ifndef HASHSECT_SCOPE_H
#define HASHSECT_SCOPE_H

#include <stdbool.h>

#include "elfsect.h"

/*
 * Whether the digest of scope loaded covers this section, which is not section 0, no rule takes out and is no table of
 * extended section indices. Of a linked file that is what is allocated. Of a relocatable one it is what a loader could
 * read: everything but what is there for debuggers, with its relocations, and groups.
 */
bool scope_loaded_has(const struct elfsect_view *view, const struct elfsect_section *section);

#endif
