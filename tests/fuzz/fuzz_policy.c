// SPDX-License-Identifier: GPL-2.0-or-later
/* A policy file. */
#include "fuzz.h"
#include "hashsect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hashsect_policy *policy = NULL;
	struct elfsect_error error;

	if (hashsect_policy_load(fuzz_file(data, size), &policy, &error))
		return 0;
	hashsect_policy_free(policy);
	return 0;
}
