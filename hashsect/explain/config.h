/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The configuration that a kernel carries (CONFIG_IKCONFIG): "IKCFG_ST", gzip, "IKCFG_ED". */
#ifndef HASHSECT_EXPLAIN_CONFIG_H
#define HASHSECT_EXPLAIN_CONFIG_H

#include "explain/work.h"

/* A cause for each symbol whose line differs; of what cannot be unpacked one for the whole. 0 or -ENOMEM. */
int explain_config(const struct section_pair *pair, const struct atom *p, const struct atom *q);

#endif
