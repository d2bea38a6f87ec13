/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signature stores: the index, and what was collected. */
#ifndef HASHSECT_REPORT_STORE_H
#define HASHSECT_REPORT_STORE_H

#include <stdio.h>

#include "store/entries.h"

/** Version of index.json and of the JSON of "sig collect". New members do not change it. */
enum { STORE_INDEX_SCHEMA = 1 };

/** store_index() - the text of index.json; the caller frees it; NULL: no memory */
char *store_index(const struct store_entries *entries);

/** store_print() - what a store holds: the verdict, then signers and certificates; 0 or -ENOMEM */
ELFSECT_MUST_CHECK int store_print(FILE *out, const char *folder, const struct store_entries *entries);

#endif
