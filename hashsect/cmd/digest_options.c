// SPDX-License-Identifier: GPL-2.0-or-later
#include "digest_options.h"

#include <errno.h>
#include <string.h>

#include "base/tool/messages.h"

const struct option_row policy_option_rows[] = {
	OFFER_ROW(0, "policy", "NAME|FILE", OPTION_WORDS("linux", "strict"), struct digest_options, policy_name,
		  "linux (default), strict, or a policy file"),
	STRINGS_ROW(0, "exclude-section", "NAME[:CLASS]", struct digest_options, excluded,
		    "exclude one more section; what it holds must be of CLASS (x509)"),
	{0},
};

const struct option_row limit_option_rows[] = {
	MAX_SIZE_ROW(struct digest_options, max_size),
	JOBS_ROW(struct digest_options, threads),
	{0},
};

const struct option_row record_option_rows[] = {
	{.type = OPTION_GROUP, .group = policy_option_rows},
	WORD_ROW(0, "scope", "file|loaded", OPTION_WORDS("file", "loaded"), struct digest_options, scope,
		 "everything (default), or what the machine would load"),
	OFFER_ROW(0, "hash", "NAME", OPTION_WORDS("sha256", "sha384", "sha512", "sha3-256", "blake2b512"),
		  struct digest_options, hash, "sha256 (default), sha384, sha512, sha3-256, blake2b512"),
	STRING_ROW(0, "map", "FILE", struct digest_options, map_path,
		   "where the unstripped file has its symbols, for a stripped one; made by 'hashsect policy resolve'"),
	{.type = OPTION_GROUP, .group = limit_option_rows},
	{0},
};

const struct option_row digest_option_rows[] = {
	{.type = OPTION_GROUP, .group = record_option_rows},
	STRING_ROW(0, "modules", "ORDER|DIR", struct digest_options, modules,
		   "prove excluded module hashes by the modules: modules.order, or a directory with one"),
	GROUP_ROW(signer_option_rows, struct signer_options, struct digest_options, signer_options),
	FLAG_ROW(0, "require-proof", struct digest_options, require_proof,
		 "refuse excluded bytes and trailers that are not proved"),
	FLAG_ROW(0, "accept-build-id", struct digest_options, accept_build_id,
		 "with --require-proof: not build-ids, which nobody can recompute"),
	RULE_ROW(RULE_GOES_WITH, "require-proof", "accept-build-id"),
	{0},
};

int digest_options_ready(struct digest_options *o)
{
	const char *name = o->policy_name ? o->policy_name : "linux";
	struct elfsect_error error;
	int ret;

	if (!strcmp(name, "linux") || !strcmp(name, "strict"))
		ret = hashsect_policy_builtin(name, &o->policy, &error);
	else
		ret = hashsect_policy_load(name, &o->policy, &error);
	if (ret == -ENOENT && !strpbrk(name, "./"))
		return cli_trouble("%s: neither a built-in policy (linux, strict) nor a file", name);
	return ret ? cli_error(&error) : STATUS_OK;
}

int digest_options_begin(struct digest_options *o)
{
	struct elfsect_error error;
	int ret = hashsect_workers_open(o->threads, &o->workers, &error);

	if (!ret && o->map_path)
		ret = hashsect_map_load(o->map_path, &o->map, &error);
	return ret ? cli_error(&error) : signer_options_take(&o->signer_options, &o->signers);
}

void digest_options_clear(struct digest_options *o)
{
	hashsect_policy_free(o->policy);
	hashsect_map_free(o->map);
	hashsect_workers_close(o->workers);
	signers_clear(&o->signers);
}
