// SPDX-License-Identifier: LGPL-2.1-or-later
/* A task is a module; what a thread keeps from one to the next is the folder that is open, and room for a module. */
#include "modules/hashes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "modules/module.h"

struct hashing {
	const struct module_order *order;
	enum module_hash_kind kind;
	uint8_t *hashes;
};

/* Of one thread. */
struct hasher {
	struct hash *hash;
	struct module_file file;
	struct module_folder folder;
};

static void hasher_free(void *state)
{
	struct hasher *h = state;

	hash_free(h->hash);
	module_file_clear(&h->file);
	module_folder_close(&h->folder);
	free(h);
}

static int hasher_new(void *context, void **state)
{
	struct hasher *h = calloc(1, sizeof(*h));
	int ret;

	(void)context;
	if (!h)
		return -ENOMEM;
	ret = module_hash_new(&h->hash);
	if (ret)
		free(h);
	else
		*state = h;
	return ret;
}

static int hash_module(void *context, void *state, size_t i, struct elfsect_error *error)
{
	const struct hashing *a = context;
	struct hasher *h = state;
	uint8_t *out = a->hashes + i * MODULE_HASH_SIZE;
	autofree char *name = NULL;
	autofree char *shown = NULL;
	const char *base;
	int ret;

	ret = module_order_file_in(a->order, i, &h->folder, &name, &base, error);
	if (ret)
		return ret;
	if (asprintf(&shown, "%s/%s", a->order->folder, name) < 0) {
		shown = NULL;
		return failure_errno(error, ENOMEM, "%s", name);
	}
	ret = module_file_peel(&h->file, dirfd(h->folder.directory), base, shown, error);
	if (ret)
		return ret;
	if (a->kind == MODULE_HASH_LEAF)
		ret = merkle_leaf(h->hash, (uint32_t)i, h->file.bytes, h->file.body_size, out);
	else
		ret = hash_begin(h->hash) ?: hash_add(h->hash, h->file.bytes, h->file.body_size) ?: hash_end(h->hash, out);
	return ret ? failure_errno(error, -ret, "%s: SHA-256", shown) : 0;
}

int module_hashes_make(const struct module_order *order, enum module_hash_kind kind, struct workers *workers,
		       uint8_t **hashes, struct elfsect_error *error)
{
	struct hashing a = {order, kind, malloc(order->count ? order->count * MODULE_HASH_SIZE : 1)};
	const struct work work = {
		.count = order->count,
		.run = hash_module,
		.state_new = hasher_new,
		.state_free = hasher_free,
		.doing = "hashing modules",
		.context = &a,
	};
	int ret;

	if (!a.hashes)
		return failure_errno(error, ENOMEM, "%s: hashes of modules", order->path);
	ret = workers_run(workers, &work, error);
	if (ret)
		free(a.hashes);
	else
		*hashes = a.hashes;
	return ret;
}
