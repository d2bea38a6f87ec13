/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hashes of all modules of a modules.order. */
#ifndef HASHSECT_MODULES_HASHES_H
#define HASHSECT_MODULES_HASHES_H

#include "base/workers.h"
#include "modules/merkle.h"
#include "modules/order.h"

enum module_hash_kind {
	MODULE_HASH_LIST, /* H of the module, FORMAT.md section 3 */
	MODULE_HASH_LEAF, /* the leaf of its position, section 4 */
};

/*
 * Hash all modules with the threads of a pool; NULL: with the caller's alone. *hashes receives order->count hashes in
 * the order's order, whatever the threads do; the caller frees them. On failure the error is that of the first module
 * in the order that has one.
 */
ELFSECT_MUST_CHECK int module_hashes_make(const struct module_order *order, enum module_hash_kind kind,
					  struct workers *workers, uint8_t **hashes, struct elfsect_error *error);

#endif
