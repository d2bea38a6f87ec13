// SPDX-License-Identifier: GPL-2.0-or-later
/* The index of a store of signatures, in a folder that has nothing else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "store/folder.h"

static char folder[] = "/tmp/fuzz-store-XXXXXX";
static char index_path[64];

static void forget(void)
{
	unlink(index_path);
	rmdir(folder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct store *store = NULL;
	struct elfsect_error error;
	FILE *file;

	if (!*index_path) {
		fuzz_require(mkdtemp(folder) != NULL, folder);
		snprintf(index_path, sizeof(index_path), "%s/index.json", folder);
		atexit(forget);
	}
	file = fopen(index_path, "wbe");
	fuzz_require(file && fwrite(data, 1, size, file) == size && !fclose(file), index_path);
	if (!store_open(folder, &store, &error))
		store_close(store);
	return 0;
}
