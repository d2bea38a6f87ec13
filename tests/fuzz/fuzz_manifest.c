// SPDX-License-Identifier: GPL-2.0-or-later
/* A manifest; what was read is compared with itself, and printed in each form. */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"
#include "report/compare_print.h"
#include "report/manifest_read.h"
#include "report/page/pages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct manifest *manifest = NULL;
	struct elfsect_error error;
	struct comparison comparison;
	FILE *out;

	if (manifest_read(fuzz_file(data, size), &manifest, &error))
		return 0;
	out = fopen("/dev/null", "we");
	fuzz_require(out != NULL, "/dev/null");
	comparison = manifests_compare(manifest, manifest);
	fuzz_require(comparison.verdict == VERDICT_IDENTICAL, "a manifest is equal to itself");
	comparison_print(&comparison, true, out);
	fuzz_require(!comparison_print_json(&comparison, out), "a comparison as JSON");
	free(comparison_page(&comparison));
	fclose(out);
	manifest_free(manifest);
	return 0;
}
