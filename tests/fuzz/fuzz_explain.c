// SPDX-License-Identifier: GPL-2.0-or-later
/* Two ELF files that differ: the input, and the input with some bytes changed, which its first eight say. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/explain.h"
#include "fuzz.h"
#include "report/explain_json.h"

enum { HEAD = 8 };

static void explain(const struct elfsect_view *a, const struct elfsect_view *b)
{
	const struct explain_side sides[2] = {{.view = a}, {.view = b}};
	struct explanation explanation = {0};
	struct elfsect_error error;

	if (!explain_files(sides, &explanation, &error)) {
		FILE *out = fopen("/dev/null", "we");

		fuzz_require(out && !json_print(explanation_object(&explanation), out), "an explanation as JSON");
		fclose(out);
	}
	explanation_clear(&explanation);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct elfsect_view *views[2] = {NULL, NULL};
	struct elfsect_error error;
	uint8_t *changed;

	if (size <= HEAD)
		return 0;
	changed = malloc(size - HEAD);
	fuzz_require(changed != NULL, "memory for the input");
	memcpy(changed, data + HEAD, size - HEAD);
	for (int i = 0; i < HEAD; i += 2)
		changed[(data[i] * 251U + data[i + 1] * 17U) % (size - HEAD)] ^= (uint8_t)(data[i + 1] | 1);
	if (!elfsect_view_of_memory(data + HEAD, size - HEAD, "a", &views[0], &error) &&
	    !elfsect_view_of_memory(changed, size - HEAD, "b", &views[1], &error) &&
	    !elfsect_check(views[0], 0, &error) && !elfsect_check(views[1], 0, &error))
		explain(views[0], views[1]);
	elfsect_view_close(views[1]);
	elfsect_view_close(views[0]);
	free(changed);
	return 0;
}
