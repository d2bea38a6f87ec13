// SPDX-License-Identifier: GPL-2.0-or-later
/* A System.map. */
#include "elfsect_edit.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct elfsect_system_map *map = NULL;
	struct elfsect_error error;

	if (!elfsect_system_map_open(fuzz_file(data, size), &map, &error))
		elfsect_system_map_close(map);
	return 0;
}
