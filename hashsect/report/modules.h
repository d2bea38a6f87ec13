/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hashes, trees and verdicts of modules as text and as JSON. What returns a number: 0, or -ENOMEM. */
#ifndef HASHSECT_REPORT_MODULES_H
#define HASHSECT_REPORT_MODULES_H

#include "modules/hash_slot.h"
#include "modules/order.h"
#include "report/files.h"

/** module_hashes_print() - the flat list: hashes has one for each module of the order */
ELFSECT_MUST_CHECK int module_hashes_print(FILE *out, bool json, const struct module_order *order,
					   const uint8_t *hashes);

/** merkle_tree_print() - how many modules and levels a tree has, and its root hash */
ELFSECT_MUST_CHECK int merkle_tree_print(FILE *out, bool json, const struct merkle_tree *tree);

/** files_report_hash_verdict() - what a kernel says of a module */
void files_report_hash_verdict(struct files_report *report, const char *path, const struct hash_verdict *verdict);

/** hash_verdicts_end() - end such a report, in place of files_report_end(): @slot is that of the kernel */
ELFSECT_MUST_CHECK int hash_verdicts_end(struct files_report *report, const char *kernel,
					 const struct module_hash_slot *slot);

#endif
