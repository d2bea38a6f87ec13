// SPDX-License-Identifier: GPL-2.0-or-later
#include "options_of_tag.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"

static int contradiction(const char *place, const char *option, const char *given, const char *needed,
			 struct elfsect_error *error)
{
	return failure(error, EINVAL, "%s: the digest was made with %s %s, not %s", place, option, needed, given);
}

int options_of_tag(const struct tag *tag, const char *place, struct digest_options *o, struct elfsect_error *error)
{
	const bool builtin = !strcmp(tag->policy, "linux") || !strcmp(tag->policy, "strict");
	int ret = 0;

	if (o->hash && strcmp(o->hash, tag->hash) != 0)
		return contradiction(place, "--hash", o->hash, tag->hash, error);
	if (o->scope && strcmp(o->scope, tag->scope) != 0)
		return contradiction(place, "--scope", o->scope, tag->scope, error);
	o->hash = tag->hash;
	o->scope = tag->scope;
	if (!o->policy_name && !o->excluded.count && !builtin)
		return failure(error, EINVAL, "%s: the digest was made with policy %s: give its file with --policy",
			       place, tag->policy);
	if (o->policy_name && strcmp(o->policy_name, "linux") && strcmp(o->policy_name, "strict"))
		ret = hashsect_policy_load(o->policy_name, &o->policy, error);
	else
		ret = hashsect_policy_builtin(o->policy_name ? o->policy_name
					      : builtin	     ? tag->policy
							     : "linux",
					      &o->policy, error);
	if (!ret && !o->excluded.count && strcmp(hashsect_policy_tag(o->policy), tag->policy) != 0)
		return contradiction(place, "policy", hashsect_policy_tag(o->policy), tag->policy, error);
	return ret;
}
