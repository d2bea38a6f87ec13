// SPDX-License-Identifier: GPL-2.0-or-later
/* A list of certificates, as a kernel has them; and each as it stands alone. */
#include "fuzz.h"
#include "trust/certificate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct elfsect_certificate info;
	struct elfsect_error error;
	uint64_t length;

	if (!certificate_check(data, size, "input", &length, &info, &error))
		fuzz_require(length <= size && info.accepted, "what is checked is accepted, and not longer than it is");
	fuzz_any(certificate_list_check(data, size, "input", NULL, NULL, &error));
	if (!elfsect_certificate_describe(data, size, &info, &error))
		fuzz_require(info.free_bytes <= info.size, "no more bytes are free than there are");
	return 0;
}
