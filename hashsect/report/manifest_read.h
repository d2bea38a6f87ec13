/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Manifests as input: untrusted JSON, in which everything has to be as manifest_write.c writes it. */
#ifndef HASHSECT_REPORT_MANIFEST_READ_H
#define HASHSECT_REPORT_MANIFEST_READ_H

#include "report/manifest.h"

/**
 * manifest_read() - read one; the caller frees it
 *
 * Members that are not known are passed over. "layers", "map" and "map_note" may be missing, and so may "policy".
 */
ELFSECT_MUST_CHECK int manifest_read(const char *path, struct manifest **manifest, struct elfsect_error *error);

#endif
