// SPDX-License-Identifier: LGPL-2.1-or-later
/* The map of a file: FORMAT.md section 6.4. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "digest/digest.h"
#include "digest/map_resolution.h"
#include "digest/tag.h"

static int make_text(const struct analysis *a, char **text, struct elfsect_error *error)
{
	const struct resolution *r = &a->resolution;
	autofree char *digest = tag_print(a->tree.hash_name, r->policy, HASHSECT_SCOPE_LOADED, a->tree.root);

	*text = digest ? map_text(r, digest) : NULL;
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
	const struct hashsect_options options = {
		.policy = policy,
		.hash = "sha256",
		.scope = HASHSECT_SCOPE_LOADED,
		.threads = threads,
	};
	struct analysis a;
	int ret;

	*text = NULL;
	/* Asked before the policy is resolved, which would ask for a map. */
	ret = map_is_possible(view, policy, error) ?: analysis_make(view, &options, &a, error);
	if (ret)
		return ret;
	ret = map_has_symbols(&a.resolution, error) ?: make_text(&a, text, error);
	analysis_clear(&a);
	return ret;
}
