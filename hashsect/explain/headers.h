/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ELF header and the program headers. */
#ifndef HASHSECT_EXPLAIN_HEADERS_H
#define HASHSECT_EXPLAIN_HEADERS_H

#include "explain/work.h"

/** explain_headers() - of both files; places and sizes follow from what moved, if anything did. 0 or -ENOMEM */
int explain_headers(struct explaining *work);

#endif
