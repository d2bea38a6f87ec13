// SPDX-License-Identifier: GPL-2.0-or-later
/* A PKCS#7 message, as it stands behind a module. */
#include "fuzz.h"
#include "trust/cms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cms_signature signature = {0};
	struct elfsect_error error;

	fuzz_any(cms_read(data, size, &signature, &error));
	return 0;
}
