// SPDX-License-Identifier: GPL-2.0-or-later
/* A file as shipped: compressions, module trailers, PE files and their signatures, boot images of all kinds. */
#include <stdlib.h>

#include "fuzz.h"
#include "image/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct image_options options = {.max_size = 1 << 22};
	struct image *image = NULL;
	struct elfsect_error error;

	if (!image_open_memory(data, size, "input", &options, &image, &error)) {
		size_t count;
		uint64_t inside;

		(void)image_layers(image, &count);
		(void)image_bytes(image, &inside);
		fuzz_any(image_judge(image, &error));
		image_close(image);
	}
	return 0;
}
