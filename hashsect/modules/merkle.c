// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modules/merkle.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "modules/order.h"

enum { PREFIX_LEAF = 1, PREFIX_NODE = 2 };

_Static_assert(1u << MERKLE_LEVELS_MAX == MODULES_MAX, "a tree of MODULES_MAX modules has MERKLE_LEVELS_MAX levels");

int module_hash_new(struct hash **hash)
{
	return hash_new("sha256", hash);
}

int merkle_leaf(struct hash *hash, uint32_t position, const void *bytes, size_t size, uint8_t leaf[MODULE_HASH_SIZE])
{
	uint8_t head[5] = {PREFIX_LEAF};

	store_u32(head + 1, ELFDATA2MSB, position);
	return hash_begin(hash) ?: hash_add(hash, head, sizeof(head)) ?: hash_add(hash, bytes, size) ?: hash_end(hash, leaf);
}

static int join(struct hash *hash, const uint8_t *left, const uint8_t *right, uint8_t *out)
{
	uint8_t block[1 + 2 * MODULE_HASH_SIZE] = {PREFIX_NODE};

	memcpy(block + 1, left, MODULE_HASH_SIZE);
	memcpy(block + 1 + MODULE_HASH_SIZE, right, MODULE_HASH_SIZE);
	return hash_begin(hash) ?: hash_add(hash, block, sizeof(block)) ?: hash_end(hash, out);
}

/* ----------------------------------------------------------------------------------------------------------- tree */

static uint8_t *node_at(const struct merkle_tree *tree, unsigned int level, size_t i)
{
	return tree->nodes[level] + i * MODULE_HASH_SIZE;
}

/* The other half of a node's pair; the node itself if it is the last one and has none. */
static const uint8_t *partner(const struct merkle_tree *tree, unsigned int level, size_t i)
{
	const size_t other = i ^ 1;

	return node_at(tree, level, other < tree->widths[level] ? other : i);
}

static int make_level(struct merkle_tree *tree, struct hash *hash)
{
	const unsigned int below = tree->levels;
	const size_t width = (tree->widths[below] + 1) / 2;
	int ret = 0;

	tree->nodes[below + 1] = malloc(width * MODULE_HASH_SIZE);
	if (!tree->nodes[below + 1])
		return -ENOMEM;
	tree->widths[below + 1] = width;
	tree->levels++;
	for (size_t i = 0; i < width && !ret; i++)
		ret = join(hash, node_at(tree, below, 2 * i), partner(tree, below, 2 * i), node_at(tree, below + 1, i));
	return ret;
}

int merkle_make(const uint8_t *leaves, size_t count, struct merkle_tree *tree)
{
	struct hash *hash;
	int ret;

	*tree = (struct merkle_tree){0};
	if (count > MODULES_MAX)
		return -E2BIG;
	if (!count)
		return 0;
	ret = module_hash_new(&hash);
	if (ret)
		return ret;
	tree->widths[0] = count;
	tree->nodes[0] = malloc(count * MODULE_HASH_SIZE);
	if (tree->nodes[0])
		memcpy(tree->nodes[0], leaves, count * MODULE_HASH_SIZE);
	else
		ret = -ENOMEM;
	/* One module alone is paired with itself once. */
	while (!ret && (!tree->levels || tree->widths[tree->levels] > 1))
		ret = make_level(tree, hash);
	hash_free(hash);
	if (ret)
		merkle_clear(tree);
	return ret;
}

void merkle_clear(struct merkle_tree *tree)
{
	for (unsigned int k = 0; k <= MERKLE_LEVELS_MAX; k++)
		free(tree->nodes[k]);
	*tree = (struct merkle_tree){0};
}

/*
 *   0      4                                  36
 *   | levels | hash of the topmost node        |
 */
void merkle_root(const struct merkle_tree *tree, uint8_t data, uint8_t root[MERKLE_ROOT_SIZE])
{
	memset(root, 0, MERKLE_ROOT_SIZE);
	store_u32(root, data, tree->levels);
	if (tree->levels)
		memcpy(root + 4, tree->nodes[tree->levels], MODULE_HASH_SIZE);
}

/* --------------------------------------------------------------------------------------------------------- proofs */

/*
 *   0          4                                   4 + 32 * levels
 *   | position | sibling 0 | sibling 1 | ...       | trailer, 40 bytes |
 */
size_t merkle_proof_file(const struct merkle_tree *tree, uint32_t position, uint8_t file[MERKLE_PROOF_MAX])
{
	const size_t size = merkle_proof_size(tree->levels);

	store_u32(file, ELFDATA2MSB, position);
	for (unsigned int k = 0; k < tree->levels; k++)
		memcpy(file + merkle_proof_size(k), partner(tree, k, position >> k), MODULE_HASH_SIZE);
	module_trailer_tail(TRAILER_ID_MERKLE, (uint32_t)size, file + size);
	return size + TRAILER_TAIL_SIZE;
}

int merkle_fold(struct hash *hash, const uint8_t leaf[MODULE_HASH_SIZE], const uint8_t *proof, uint32_t levels,
		uint8_t node[MODULE_HASH_SIZE])
{
	uint32_t position = load_u32(proof, ELFDATA2MSB);
	int ret = 0;

	memmove(node, leaf, MODULE_HASH_SIZE);
	for (uint32_t k = 0; k < levels && !ret; k++, position >>= 1) {
		const uint8_t *sibling = proof + merkle_proof_size(k);

		ret = position & 1 ? join(hash, sibling, node, node) : join(hash, node, sibling, node);
	}
	return ret;
}
