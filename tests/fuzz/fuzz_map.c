// SPDX-License-Identifier: GPL-2.0-or-later
/* A map of the names of a policy. */
#include "digest/map.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hashsect_map *map = NULL;
	struct elfsect_error error;

	if (!map_parse((const char *)data, size, "input", &map, &error))
		hashsect_map_free(map);
	return 0;
}
