// SPDX-License-Identifier: GPL-2.0-or-later
/* mkelf [--stripped] CASE OUT: write one of the generated test files. mkelf --list: their names. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "elf_cases.h"

struct wanted {
	const char *name;
	const char *path;
	bool stripped;
};

static int list(const struct elf_case *c, const struct elf_variant *v, void *context)
{
	char name[64];

	(void)context;
	elf_case_name(c, v, name, sizeof(name));
	puts(name);
	return 0;
}

static int write_file(const char *path, const uint8_t *bytes, size_t size)
{
	FILE *file = fopen(path, "wbe");
	int bad;

	if (!file)
		return errno;
	bad = fwrite(bytes, 1, size, file) != size;
	bad |= fclose(file) != 0;
	return bad ? errno : 0;
}

static int make(const struct elf_case *c, const struct elf_variant *v, void *context)
{
	const struct wanted *wanted = context;
	struct elf_builder *b;
	uint8_t *image;
	char name[64];
	size_t size;
	int failed;

	elf_case_name(c, v, name, sizeof(name));
	if (strcmp(name, wanted->name) != 0)
		return 0;
	b = wanted->stripped ? elf_case_build_stripped(c, v, &image, &size) : elf_case_build(c, v, &image, &size);
	failed = write_file(wanted->path, image, size);
	elf_builder_free(b);
	if (failed)
		fprintf(stderr, "mkelf: %s: %s\n", wanted->path, strerror(failed));
	return failed ? 2 : 1;
}

int main(int argc, char **argv)
{
	struct wanted wanted;
	int made;

	if (argc == 2 && strcmp(argv[1], "--list") == 0)
		return elf_cases_each(list, NULL);
	if (argc != 3 && (argc != 4 || strcmp(argv[1], "--stripped") != 0)) {
		fprintf(stderr, "Usage: mkelf [--stripped] CASE OUT\n       mkelf --list\n");
		return 2;
	}
	wanted = (struct wanted){argv[argc - 2], argv[argc - 1], argc == 4};
	made = elf_cases_each(make, &wanted);
	if (!made)
		fprintf(stderr, "mkelf: no case %s; see mkelf --list\n", argv[1]);
	return made == 1 ? 0 : 2;
}
