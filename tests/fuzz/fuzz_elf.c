// SPDX-License-Identifier: GPL-2.0-or-later
/* An ELF file: view, check, and the digest under both policies and scopes. */
#include "elfsect.h"
#include "fuzz.h"
#include "hashsect.h"

static void digest(const struct elfsect_view *view, const char *policy_name, enum hashsect_scope scope)
{
	struct hashsect_policy *policy = NULL;
	struct hashsect_digest *made = NULL;
	struct elfsect_error error;
	struct hashsect_options options;

	fuzz_require(!hashsect_policy_builtin(policy_name, &policy, &error), "a built-in policy");
	options = (struct hashsect_options){.policy = policy, .scope = scope, .threads = 1};
	if (!hashsect_digest(view, &options, &made, &error))
		hashsect_digest_free(made);
	hashsect_policy_free(policy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct elfsect_view *view = NULL;
	struct elfsect_error error;

	if (elfsect_view_of_memory(data, size, "input", &view, &error))
		return 0;
	if (!elfsect_check(view, 0, &error)) {
		digest(view, "linux", HASHSECT_SCOPE_FILE);
		digest(view, "linux", HASHSECT_SCOPE_LOADED);
		digest(view, "strict", HASHSECT_SCOPE_FILE);
	}
	elfsect_view_close(view);
	return 0;
}
