/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands on modules have in common. */
#ifndef HASHSECT_CMD_MODULES_H
#define HASHSECT_CMD_MODULES_H

#include "base/tool/cli.h"
#include "elfsect_edit.h"
#include "modules/hashes.h"
#include "modules/order.h"
#include "modules/merkle.h"

/* For the notes of commands that take modules. */
#define ORDER_NOTES "ORDER is a modules.order as a build writes it or as it is installed; DIR is a directory with one."

/* Add FOLDER/STEM + ending to the files of a batch, and make the folders that are missing. Returns an exit status. */
int add_below(struct elfsect_batch *batch, const char *folder, const char *stem, const char *ending, const void *bytes,
	      uint64_t size);

/* Read the order and hash its modules, with so many threads; the caller frees *hashes. Returns an exit status. */
int hashes_of_order(const char *path, enum module_hash_kind kind, unsigned int threads, struct module_order *order,
		    uint8_t **hashes);

/* Read the order and hash its leaves into a tree. Returns an exit status. */
int tree_of_order(const char *path, unsigned int threads, struct module_order *order, struct merkle_tree *tree);

static inline void cleanup_batch(struct elfsect_batch **batch)
{
	elfsect_batch_free(*batch);
}

#define autobatch __attribute__((cleanup(cleanup_batch)))

#endif
