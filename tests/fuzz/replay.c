// SPDX-License-Identifier: GPL-2.0-or-later
/* TARGET FILE|FOLDER...: each file once, where there is no fuzzer to call the target. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

static size_t count;

static void replay_file(const char *path, size_t size)
{
	FILE *file = fopen(path, "rbe");
	uint8_t *bytes = malloc(size ? size : 1);

	fuzz_require(file && bytes && fread(bytes, 1, size, file) == size, path);
	(void)LLVMFuzzerTestOneInput(bytes, size);
	free(bytes);
	fclose(file);
	count++;
}

static void replay(const char *path)
{
	struct stat st;
	struct dirent *entry;
	DIR *folder;

	fuzz_require(!stat(path, &st), path);
	if (!S_ISDIR(st.st_mode)) {
		replay_file(path, (size_t)st.st_size);
		return;
	}
	folder = opendir(path);
	fuzz_require(folder != NULL, path);
	while ((entry = readdir(folder))) {
		char *name = NULL;

		if (*entry->d_name == '.')
			continue;
		fuzz_require(asprintf(&name, "%s/%s", path, entry->d_name) > 0, path);
		replay(name);
		free(name);
	}
	closedir(folder);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	printf("%zu inputs\n", count);
	return count ? 0 : 1;
}
