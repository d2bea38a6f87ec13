// SPDX-License-Identifier: LGPL-2.1-or-later
/* The map of a file: FORMAT.md section 6.4. */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "digest/digest.h"
#include "base/error.h"
#include "digest/map.h"
#include "digest/pool.h"
#include "digest/tag.h"
#include "base/cleanup.h"

int map_digest(const struct resolution *r, struct workers *workers, char **printed, struct elfsect_error *error)
{
	struct numbers numbers = {0};
	struct records records = {0};
	struct tree tree = {0};
	int ret;

	ret = numbers_make(r, HASHSECT_SCOPE_LOADED, &numbers, error);
	if (!ret)
		ret = records_make(r->view, r, &numbers, &records, error);
	if (!ret)
		ret = tree_make(&records, "sha256", HASHSECT_SCOPE_LOADED, workers, &tree, error);
	if (!ret) {
		*printed = tag_print(tree.hash_name, r->policy, HASHSECT_SCOPE_LOADED, tree.root);
		if (!*printed)
			ret = failure_errno(error, ENOMEM, "%s: map", elfsect_view_name(r->view));
	}
	tree_clear(&tree);
	records_clear(&records);
	numbers_clear(&numbers);
	return ret;
}

/* Asked before the policy is resolved, which would ask for a map. */
static int check_symbols(const struct elfsect_view *view, struct elfsect_error *error)
{
	const char *name = elfsect_view_name(view);

	if (elfsect_is_relocatable(view))
		return failure(error, EINVAL, "%s: no map: a relocatable file has no addresses", name);
	if (!elfsect_view_symtab(view))
		return failure(error, EINVAL,
			       "%s: no map: the file has no symbol table; a map is made of the unstripped file", name);
	return 0;
}

int map_is_possible(const struct resolution *r, struct elfsect_error *error)
{
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(r->view, &count);
	const char *name = elfsect_view_name(r->view);
	const int ret = check_symbols(r->view, error);

	if (ret)
		return ret;
	if (!r->policy->rule_count)
		return failure(error, EINVAL, "%s: no map: policy %s excludes nothing", name, r->policy->name);
	for (size_t i = 0; i < r->known_count; i++)
		if (r->known[i].defined && !(sections[r->known[i].symbol.section].flags & SHF_ALLOC))
			return failure(error, EINVAL,
				       "%s: no map: symbol %s is defined in a section that is not loaded", name,
				       r->known[i].name);
	return 0;
}

static int make_text(const struct resolution *r, struct workers *workers, char **text, struct elfsect_error *error)
{
	autofree char *digest = NULL;
	int ret;

	ret = map_is_possible(r, error) ?: map_digest(r, workers, &digest, error);
	if (ret)
		return ret;
	*text = map_text(r, digest);
	if (!*text)
		return failure_errno(error, ENOMEM, "%s: map", elfsect_view_name(r->view));
	if (strlen(*text) <= MAP_TEXT_MAX)
		return 0;
	free(steal(*text));
	return failure(error, EINVAL, "%s: no map: it would have more than %u bytes", elfsect_view_name(r->view),
		       MAP_TEXT_MAX);
}

int hashsect_map_make(const struct elfsect_view *view, const struct hashsect_policy *policy, unsigned int threads,
		      char **text, struct elfsect_error *error)
{
	struct pool pool;
	struct resolution r;
	int ret;

	*text = NULL;
	ret = elfsect_check(view, 0, error) ?: check_symbols(view, error) ?: resolution_make(view, policy, NULL, &r, error);
	if (ret)
		return ret;
	ret = check_relocations_and_masks(&r, error);
	if (!ret) {
		ret = pool_enter(NULL, threads, &pool);
		if (ret)
			failure_errno(error, -ret, "%s: map", elfsect_view_name(view));
	}
	if (!ret) {
		ret = make_text(&r, pool.workers, text, error);
		pool_leave(&pool);
	}
	if (!ret)
		ret = elfsect_view_unchanged(view, error);
	if (ret)
		free(steal(*text));
	resolution_clear(&r);
	return ret;
}
