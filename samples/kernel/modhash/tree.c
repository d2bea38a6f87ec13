// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The check against the root of a Merkle tree. H is SHA-256, "|" joins bytes:
 *
 *   leaf  = H(0x01 | be32(position) | module)
 *   node  = H(0x02 | left | right)
 *   proof = be32(position) | the sibling on each level, from the leaves up
 *
 * The root, in the kernel image: the number of levels, a u32 in the machine's byte order, and the
 * hash at the top.
 */
#define pr_fmt(fmt) "modhash: " fmt

#include <asm/byteorder.h>
#include <linux/errno.h>
#include <linux/printk.h>
#include <linux/string.h>
#include "modhash.h"

static void hash_leaf(const u8 *position, const u8 *module, size_t len, u8 *hash)
{
	static const u8 leaf_prefix = 0x01;
	struct sha256_ctx state;

	sha256_init(&state);
	sha256_update(&state, &leaf_prefix, sizeof(leaf_prefix));
	sha256_update(&state, position, sizeof(__be32));
	sha256_update(&state, module, len);
	sha256_final(&state, hash);
}

/* The node may be one of the two children. */
static void hash_node(const u8 *left, const u8 *right, u8 *node)
{
	static const u8 node_prefix = 0x02;
	struct sha256_ctx state;

	sha256_init(&state);
	sha256_update(&state, &node_prefix, sizeof(node_prefix));
	sha256_update(&state, left, SHA256_DIGEST_SIZE);
	sha256_update(&state, right, SHA256_DIGEST_SIZE);
	sha256_final(&state, node);
}

static u64 proof_len(void)
{
	return sizeof(__be32) + (u64)module_hashes_root.levels * SHA256_DIGEST_SIZE;
}

/* Its length has been checked: there are as many siblings as levels. */
static bool proof_leads_to_root(const struct modhash_parts *parts)
{
	const u8 *sibling = parts->data + sizeof(__be32);
	u8 node[SHA256_DIGEST_SIZE];
	__be32 be_position;
	u32 position, level;

	memcpy(&be_position, parts->data, sizeof(be_position));
	position = be32_to_cpu(be_position);

	hash_leaf(parts->data, parts->module, parts->module_len, node);
	for (level = 0; level < module_hashes_root.levels; level++) {
		if (position & 1)
			hash_node(sibling, node, node);
		else
			hash_node(node, sibling, node);
		sibling += SHA256_DIGEST_SIZE;
		position >>= 1;
	}
	return !memcmp(node, module_hashes_root.hash, sizeof(node));
}

int modhash_check(const u8 *image, size_t len)
{
	struct modhash_parts parts;
	int err;

	err = modhash_split(image, len, MODHASH_ID_MERKLE, &parts);
	if (err)
		return err;
	if (parts.data_len != proof_len())
		return -ENOPKG;
	return proof_leads_to_root(&parts) ? 0 : -ENOKEY;
}

const char *modhash_reason(int err)
{
	switch (err) {
	case -ENODATA:
		return "no proof is appended";
	case -ENOPKG:
		return "what is appended is no proof for this kernel";
	case -EBADMSG:
		return "what is appended is broken";
	case -ENOKEY:
		return "the proof does not lead to the kernel's root";
	default:
		return "cannot be checked";
	}
}

bool modhash_is_empty(void)
{
	return !memchr_inv(&module_hashes_root, 0, sizeof(module_hashes_root));
}

void modhash_announce(const char *mode)
{
	pr_info("%s, Merkle root of %u levels\n", mode, module_hashes_root.levels);
}
