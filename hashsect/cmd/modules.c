// SPDX-License-Identifier: GPL-2.0-or-later
#include "modules.h"
#include "base/cleanup.h"

#include <stdio.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* The folders of a path, the first `fixed` bytes of which are there. */
static int make_folders(char *path, size_t fixed)
{
	for (char *slash = strchr(path + fixed, '/'); slash; slash = strchr(slash + 1, '/')) {
		int ret;

		*slash = '\0';
		ret = mkdir(path, 0777);
		if (ret && errno != EEXIST)
			return cli_trouble("%s: %s", path, strerror(errno));
		*slash = '/';
	}
	return STATUS_OK;
}

int add_below(struct elfsect_batch *batch, const char *folder, const char *stem, const char *ending, const void *bytes,
	      uint64_t size)
{
	autofree char *path = NULL;
	struct elfsect_error error;

	if (asprintf(&path, "%s/%s%s", folder, stem, ending) < 0) {
		path = NULL;
		return cli_trouble("%s", strerror(ENOMEM));
	}
	if (make_folders(path, strlen(folder)))
		return STATUS_TROUBLE;
	return elfsect_batch_add(batch, path, bytes, size, &error) ? cli_error(&error) : STATUS_OK;
}

int hashes_of_order(const char *path, enum module_hash_kind kind, unsigned int threads, struct module_order *order,
		    uint8_t **hashes)
{
	struct workers *workers;
	struct elfsect_error error;
	int ret = module_order_read(path, order, &error);

	if (ret)
		return cli_error(&error);
	if (workers_open(threads, &workers))
		return cli_trouble("%s", strerror(ENOMEM));
	progress_begin(workers);
	ret = module_hashes_make(order, kind, workers, hashes, &error);
	progress_end();
	workers_close(workers);
	return ret ? cli_error(&error) : STATUS_OK;
}

int tree_of_order(const char *path, unsigned int threads, struct module_order *order, struct merkle_tree *tree)
{
	autofree uint8_t *leaves = NULL;
	const int status = hashes_of_order(path, MODULE_HASH_LEAF, threads, order, &leaves);
	int ret;

	if (status)
		return status;
	ret = merkle_make(leaves, order->count, tree);
	return ret ? cli_trouble("%s: tree: %s", path, strerror(-ret)) : STATUS_OK;
}
