// SPDX-License-Identifier: GPL-2.0-or-later
/* A section .BTF; it has the same types as itself. */
#include "btf/compare.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct btf_comparison comparison;
	struct btf *btf = NULL;
	struct elfsect_error error;

	if (btf_parse(data, size, NULL, "input", &btf, &error))
		return 0;
	if (!btf_compare(btf, btf, &comparison, &error))
		fuzz_require(comparison.identical && btf_same_types(&comparison), "types are the same as themselves");
	btf_free(btf);
	return 0;
}
