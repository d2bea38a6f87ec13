// SPDX-License-Identifier: GPL-2.0-or-later
#include "digest_of.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct digest_of digest_of_bytes(const void *bytes, size_t size, const struct hashsect_policy *policy,
				 enum hashsect_scope scope)
{
	const struct hashsect_options options = {HASHSECT_OPTIONS_INIT, .policy = policy, .scope = scope, .threads = 1};
	struct hashsect_digest *digest;
	struct elfsect_view *view;
	struct digest_of result = {0};

	if (elfsect_view_of_memory(bytes, size, "test", &view, &result.error))
		return result;
	if (!hashsect_digest(view, &options, &digest, &result.error)) {
		snprintf(result.text, sizeof(result.text), "%s", digest->tagged);
		hashsect_digest_free(digest);
	}
	elfsect_view_close(view);
	return result;
}

struct digest_of digest_of_builder(struct elf_builder *b, const char *builtin_policy)
{
	struct hashsect_policy *policy;
	struct elfsect_error error;
	struct digest_of result;
	size_t size;
	const uint8_t *image = elf_builder_finish(b, &size);

	assert_int_equal(hashsect_policy_builtin(builtin_policy, &policy, &error), 0);
	result = digest_of_bytes(image, size, policy, HASHSECT_SCOPE_FILE);
	hashsect_policy_free(policy);
	return result;
}

void assert_refused(struct elf_builder *b, const char *builtin_policy, const char *reason)
{
	const struct digest_of d = digest_of_builder(b, builtin_policy);

	elf_builder_free(b);
	if (d.text[0])
		fail_msg("it has a digest, but should be refused: %s", reason);
	if (!strstr(d.error.message, reason))
		fail_msg("refused with '%s', not with '%s'", d.error.message, reason);
}

void assert_accepted(struct elf_builder *b, const char *builtin_policy)
{
	const struct digest_of d = digest_of_builder(b, builtin_policy);

	elf_builder_free(b);
	if (!d.text[0])
		fail_msg("refused: %s", d.error.message);
}
