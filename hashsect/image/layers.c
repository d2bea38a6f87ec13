// SPDX-License-Identifier: LGPL-2.1-or-later
/* Every kind of layer. Where bytes have two of them, the one that comes first here is the outer one. */
#include "image/layer.h"

/* clang-format off */
#define LAYERS(layer)           \
	layer(gzip)             \
	layer(xz)               \
	layer(zstd)             \
	layer(pe_signature)     \
	layer(uki)              \
	layer(zboot)            \
	layer(bzimage)          \
	layer(module_signature) \
	layer(module_named)     \
	layer(module_merkle)    \
	layer(module_unknown)

#define DECLARE(name) extern const struct layer_kind layer_##name;
#define ADDRESS(name) &layer_##name,
/* clang-format on */

LAYERS(DECLARE)

static const struct layer_kind *const kinds[] = {LAYERS(ADDRESS)};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

const struct layer_kind *layer_kind_at(size_t i)
{
	return i < KINDS ? kinds[i] : NULL;
}

const struct layer_kind *layer_recognise(const uint8_t *bytes, uint64_t size)
{
	for (size_t i = 0; i < KINDS; i++)
		if (kinds[i]->recognise(bytes, size))
			return kinds[i];
	return NULL;
}
