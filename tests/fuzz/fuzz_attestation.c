// SPDX-License-Identifier: GPL-2.0-or-later
/* A DSSE envelope with a statement. No byte of one that is taken is free: written again it is
 * the same, but for the end of its last line. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "fuzz.h"
#include "report/attestation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct attestation a = {0};
	struct elfsect_error error;

	if (!attestation_read(fuzz_file(data, size), &a, &error)) {
		for (size_t i = 0; i < attestation_subject_count(&a); i++)
			(void)attestation_digest(&a, i);
		/* All on one line is the other form that is taken; and others may name their keys as they like. */
		if (a.signature_count == 1 && memchr(data, '\n', size - 1) && text_is_hex(a.signatures[0].key_id, 64)) {
			const struct attestation_signature *s = &a.signatures[0];
			char *again = attestation_envelope(a.payload, s->key_id, s->bytes, s->size);
			const size_t length = again ? strlen(again) : 0;

			fuzz_require(again && size - length <= 1 && !memcmp(again, data, length) &&
					     (size == length || data[length] == '\n'),
				     "an envelope that is written again is the same");
			free(again);
		}
	}
	attestation_clear(&a);
	return 0;
}
