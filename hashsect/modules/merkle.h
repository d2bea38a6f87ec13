/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Merkle tree over the modules of a kernel, its root and its proofs. FORMAT.md section 4. */
#ifndef HASHSECT_MODULES_MERKLE_H
#define HASHSECT_MODULES_MERKLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "elfsect.h"
#include "image/module_trailer.h"

/* 20 levels above the leaves of MODULES_MAX modules. */
enum { MODULE_HASH_SIZE = 32, MERKLE_ROOT_SIZE = 36, MERKLE_LEVELS_MAX = 20 };

/* The longest proof file: position, siblings, trailer. */
enum { MERKLE_PROOF_MAX = 4 + MODULE_HASH_SIZE * MERKLE_LEVELS_MAX + TRAILER_TAIL_SIZE };

/**
 * struct merkle_tree - all nodes
 * @nodes: @widths[k] hashes of level k, owned; level 0 are the leaves, level @levels the root
 */
struct merkle_tree {
	unsigned int levels;
	uint8_t *nodes[MERKLE_LEVELS_MAX + 1];
	size_t widths[MERKLE_LEVELS_MAX + 1];
};

/* H of FORMAT.md, for everything below. */
int module_hash_new(struct hash **hash);

/* The leaf of the module at a position. Returns 0 or -errno. */
int merkle_leaf(struct hash *hash, uint32_t position, const void *bytes, size_t size, uint8_t leaf[MODULE_HASH_SIZE]);

/* Build the tree over `count` leaves, which are copied; at most MODULES_MAX. Returns 0 or -errno. */
ELFSECT_MUST_CHECK int merkle_make(const uint8_t *leaves, size_t count, struct merkle_tree *tree);
void merkle_clear(struct merkle_tree *tree);

static inline void cleanup_merkle(struct merkle_tree *tree)
{
	merkle_clear(tree);
}

#define automerkle __attribute__((cleanup(cleanup_merkle)))

/* What goes into the kernel; data: ELFDATA2LSB or ELFDATA2MSB, the byte order of its machine. */
void merkle_root(const struct merkle_tree *tree, uint8_t data, uint8_t root[MERKLE_ROOT_SIZE]);

/* Bytes of a proof, without trailer. */
static inline uint64_t merkle_proof_size(uint32_t levels)
{
	return 4 + (uint64_t)MODULE_HASH_SIZE * levels;
}

/* The proof file of a module, trailer included. Returns its size. */
size_t merkle_proof_file(const struct merkle_tree *tree, uint32_t position, uint8_t file[MERKLE_PROOF_MAX]);

/*
 * Follow a proof of merkle_proof_size(levels) bytes from a leaf; *node receives where it leads to: the root hash, if
 * all is well. The position is the first word of the proof. Returns 0 or -errno.
 */
int merkle_fold(struct hash *hash, const uint8_t leaf[MODULE_HASH_SIZE], const uint8_t *proof, uint32_t levels,
		uint8_t node[MODULE_HASH_SIZE]);

#endif
