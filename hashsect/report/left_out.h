/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What digests do not count: of one file in full, of many files what they have in common, with their number. */
#ifndef HASHSECT_REPORT_LEFT_OUT_H
#define HASHSECT_REPORT_LEFT_OUT_H

#include <stdio.h>

#include "report/manifest.h"

/** left_out_print() - what was peeled and excluded, and which map was used, a line each with the file's name in front
 */
void left_out_print(const struct manifest *manifest, FILE *out);

/** exclusion_pieces_print() - "5440 bytes = 1318 certificate + 4096 empty slot + 8 + 8 length words + 10 padding" */
void exclusion_pieces_print(const struct manifest_exclusion *exclusion, FILE *out);

/**
 * struct account - what the digests of several files leave out
 *
 * Things of one kind are one group, whatever the files: the same words but for places and lengths. What only one file
 * has is kept in full. Beyond so many groups they are counted: however many files there are, an account stays short.
 */
struct account;

/** account_new() - an empty one; the caller frees it. NULL: no memory */
struct account *account_new(void);
void account_free(struct account *account);

/** account_add() - one more file; 0 or -ENOMEM */
ELFSECT_MUST_CHECK int account_add(struct account *account, const struct manifest *manifest);

/** account_add_other() - one more file that was passed over, since it holds no ELF file */
void account_add_other(struct account *account);

/** account_print() - of one file in full, as left_out_print(); else "4023 modules: WHAT", a line for each group */
void account_print(const struct account *account, FILE *out);

#endif
