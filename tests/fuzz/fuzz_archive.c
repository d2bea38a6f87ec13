// SPDX-License-Identifier: GPL-2.0-or-later
/* A package: .deb, .rpm, .tar, .cpio, .iso. */
#include "fuzz.h"
#include "package/contents.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct contents contents = {0};
	struct elfsect_error error;

	fuzz_any(contents_read(fuzz_file(data, size), CONTENTS_KEEP_ALL, &contents, &error));
	contents_clear(&contents);
	return 0;
}
