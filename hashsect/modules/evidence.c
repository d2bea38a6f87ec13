// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a file excludes as module hashes, compared with the hashes of the modules themselves. FORMAT.md sections 3
 * and 4. */
#include <stdio.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "digest/pool.h"
#include "modules/hashes.h"
#include "hashsect.h"
#include "modules/hash_slot.h"
#include "base/cleanup.h"

struct hashsect_modules {
	struct module_order order;
	const struct hashsect_workers *workers; /* borrowed, or NULL */
	uint8_t *table;				/* NULL until a file asks for it */
	bool has_tree;
	struct merkle_tree tree;
};

int hashsect_modules_open(const char *path, const struct hashsect_workers *workers, struct hashsect_modules **modules,
			  struct elfsect_error *error)
{
	struct hashsect_modules *m = calloc(1, sizeof(*m));
	int ret;

	if (!m)
		return failure_errno(error, ENOMEM, "%s", path);
	m->workers = workers;
	ret = module_order_read(path, &m->order, error);
	if (ret)
		free(m);
	else
		*modules = m;
	return ret;
}

void hashsect_modules_close(struct hashsect_modules *m)
{
	if (!m)
		return;
	module_order_clear(&m->order);
	merkle_clear(&m->tree);
	free(m->table);
	free(m);
}

/* ------------------------------------------------------------------------------------------------------ comparing */

/* The excluded bytes that are judged. */
struct claim {
	struct hashsect_modules *modules;
	const struct elfsect_view *view;
	const struct hashsect_exclusion *exclusion;
	const uint8_t *bytes;
	uint64_t size;
	struct elfsect_error *error;
};

__attribute__((format(printf, 2, 3))) static int refute(const struct claim *c, const char *format, ...)
{
	autofree char *reason = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&reason, format, args) < 0)
		reason = NULL;
	va_end(args);
	return failure(c->error, EKEYREJECTED,
		       "%s: rule %s: the excluded bytes are not the hashes of the modules of %s: %s",
		       elfsect_view_name(c->view), c->exclusion->rule, c->modules->order.path, reason ? reason : "");
}

static int make_hashes(const struct claim *c, enum module_hash_kind kind, uint8_t **hashes)
{
	struct pool pool;
	int ret = pool_enter(c->modules->workers, 0, &pool);

	if (ret)
		return failure_errno(c->error, -ret, "%s: workers", c->modules->order.path);
	ret = module_hashes_make(&c->modules->order, kind, pool.workers, hashes, c->error);
	pool_leave(&pool);
	return ret;
}

static int check_empty(const struct claim *c)
{
	if (c->modules->order.count && c->size && first_nonzero(c->bytes, c->size) == c->size)
		return refute(c, "they are all zero, and there are %zu modules", c->modules->order.count);
	return 0;
}

static int check_table(const struct claim *c)
{
	struct hashsect_modules *m = c->modules;
	const uint64_t used = m->order.count * MODULE_HASH_SIZE;
	uint64_t end;
	int ret = 0;

	if (!m->table)
		ret = make_hashes(c, MODULE_HASH_LIST, &m->table);
	if (ret)
		return ret;
	for (uint64_t i = 0; i < c->size / MODULE_HASH_SIZE && i < m->order.count; i++)
		if (memcmp(c->bytes + i * MODULE_HASH_SIZE, m->table + i * MODULE_HASH_SIZE, MODULE_HASH_SIZE) != 0)
			return refute(c, "entry %ju is not the hash of %s/%s.ko", (uintmax_t)i, m->order.folder,
				      m->order.stems[i]);
	if (c->size < used)
		return refute(c, "no entry for %s/%s.ko and what follows it: %ju bytes have no room for %zu modules",
			      m->order.folder, m->order.stems[c->size / MODULE_HASH_SIZE], (uintmax_t)c->size,
			      m->order.count);
	end = c->size > used ? used + first_nonzero(c->bytes + used, c->size - used) : c->size;
	return end == c->size ? 0
			      : refute(c, "entry %ju is used, but there are only %zu modules",
				       (uintmax_t)(end / MODULE_HASH_SIZE), m->order.count);
}

/* A root does not say which module is another one; a proof that the module carries may. True: *verdict is of module *i.
 */
static bool find_module(const struct claim *c, size_t *i, struct hash_verdict *verdict)
{
	const struct module_order *order = &c->modules->order;
	const struct module_hash_slot slot = {
		.bytes = c->bytes,
		.is_root = true,
		.levels = load_u32(c->bytes, elfsect_view_header(c->view)->data),
	};
	automodule struct module_file file = {0};
	struct hash *hash;
	bool found = false;

	if (slot.levels > MERKLE_LEVELS_MAX || module_hash_new(&hash))
		return false;
	for (*i = 0; *i < order->count; ++*i) {
		autofree char *name = NULL;

		if (module_order_file(order, *i, &name, NULL) ||
		    module_file_read(&file, order->folder_fd, name, order->stems[*i], NULL) ||
		    module_hash_verify(&slot, &file, hash, verdict) || verdict->code == ENODATA)
			break;
		found = verdict->code;
		if (found)
			break;
	}
	hash_free(hash);
	return found;
}

static int check_root(const struct claim *c)
{
	struct hashsect_modules *m = c->modules;
	uint8_t root[MERKLE_ROOT_SIZE];
	autofree uint8_t *leaves = NULL;
	struct hash_verdict verdict;
	size_t i;
	int ret = 0;

	if (!m->has_tree) {
		ret = make_hashes(c, MODULE_HASH_LEAF, &leaves);
		if (ret)
			return ret;
		ret = merkle_make(leaves, m->order.count, &m->tree);
		if (ret)
			return failure_errno(c->error, -ret, "%s: tree", m->order.path);
		m->has_tree = true;
	}
	merkle_root(&m->tree, elfsect_view_header(c->view)->data, root);
	if (!memcmp(root, c->bytes, sizeof(root)))
		return 0;
	if (find_module(c, &i, &verdict))
		return refute(c, "%s/%s.ko: %s", m->order.folder, m->order.stems[i], verdict.reason);
	return refute(c, "the root is another one than that of the %zu modules there (%u levels)", m->order.count,
		      m->tree.levels);
}

static int prove(struct claim *c, struct hashsect_exclusion *e)
{
	uint64_t file_size;
	const uint8_t *file = elfsect_view_bytes(c->view, &file_size);
	int ret;

	if (e->range_count != 1)
		return failure(c->error, EINVAL, "%s: rule %s: module hashes in %zu places cannot be recomputed",
			       elfsect_view_name(c->view), e->rule, e->range_count);
	c->exclusion = e;
	c->size = e->ranges[0].length;
	c->bytes = c->size ? file + e->ranges[0].file_offset : NULL;
	ret = check_empty(c);
	if (!ret)
		ret = c->size == MERKLE_ROOT_SIZE ? check_root(c) : check_table(c);
	if (ret)
		return ret;
	free(e->evidence);
	if (asprintf(&e->evidence, "%zu module hashes, recomputed from %s", c->modules->order.count,
		     c->modules->order.path) < 0) {
		e->evidence = NULL;
		return failure_errno(c->error, ENOMEM, "%s", c->modules->order.path);
	}
	e->proved = true;
	return 0;
}

int hashsect_modules_prove(struct hashsect_modules *modules, const struct elfsect_view *view,
			   struct hashsect_digest *digest, struct elfsect_error *error)
{
	struct claim c = {.modules = modules, .view = view, .error = error};
	size_t proved = 0;

	for (size_t i = 0; i < digest->exclusion_count; i++) {
		struct hashsect_exclusion *e = &digest->exclusions[i];
		int ret;

		if (strcmp(e->content, "module-hashes") != 0 || !e->range_count)
			continue;
		ret = prove(&c, e);
		if (ret)
			return ret;
		proved++;
	}
	return proved ? 0
		      : failure(error, ENOENT, "%s: no module hashes are excluded that modules could prove",
				elfsect_view_name(view));
}
