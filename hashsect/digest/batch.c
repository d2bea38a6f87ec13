// SPDX-License-Identifier: LGPL-2.1-or-later
#include "digest/batch.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "digest/lanes.h"

struct batch {
	struct hash *hash;
	size_t size; /* of a result, in bytes */
	bool is_sha256;
	bool asked_for_lanes; /* lanes says whether there are any */
	struct lanes *lanes;  /* NULL: none */
};

int batch_new(const char *hash_name, struct batch **out)
{
	struct batch *batch = calloc(1, sizeof(*batch));
	int ret = batch ? hash_new(hash_name, &batch->hash) : -ENOMEM;

	if (ret) {
		free(batch);
		return ret;
	}
	batch->size = hash_size(hash_name);
	batch->is_sha256 = !strcmp(hash_name, "sha256");
	*out = batch;
	return 0;
}

void batch_free(struct batch *batch)
{
	if (!batch)
		return;
	lanes_free(batch->lanes);
	hash_free(batch->hash);
	free(batch);
}

size_t batch_best(struct batch *batch)
{
	if (batch->is_sha256 && !batch->asked_for_lanes)
		batch->lanes = lanes_new();
	batch->asked_for_lanes = true;
	return batch->lanes ? LANES_MAX : 1;
}

int batch_hash(struct batch *batch, const struct span *messages, size_t count, uint8_t *out)
{
	int ret = 0;

	while (count >= LANES_LEAST && batch_best(batch) > 1 && !ret) {
		const size_t now = count < LANES_MAX ? count : LANES_MAX;

		ret = lanes_sha256(batch->lanes, messages, now, out);
		messages += now;
		out += now * batch->size;
		count -= now;
	}
	for (size_t i = 0; i < count && !ret; i++)
		ret = hash_begin(batch->hash) ?: hash_add(batch->hash, messages[i].bytes, messages[i].size) ?:
						 hash_end(batch->hash, out + i * batch->size);
	return ret;
}

int batch_hash_in_place(struct batch *batch, uint8_t prefix, struct span bytes, uint8_t *out)
{
	return hash_begin(batch->hash) ?: hash_add(batch->hash, &prefix, 1) ?:
	       hash_add(batch->hash, bytes.bytes, bytes.size) ?: hash_end(batch->hash, out);
}
