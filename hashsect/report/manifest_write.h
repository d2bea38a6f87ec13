/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Manifests as JSON. */
#ifndef HASHSECT_REPORT_MANIFEST_WRITE_H
#define HASHSECT_REPORT_MANIFEST_WRITE_H

#include "base/json.h"
#include "report/files.h"
#include "report/manifest.h"

/** manifest_print() - all of it; 0 or -ENOMEM */
ELFSECT_MUST_CHECK int manifest_print(const struct manifest *manifest, FILE *out);

/** files_report_manifest() - the same as one file of a report in JSON; NULL: no memory */
void files_report_manifest(struct files_report *report, const struct manifest *manifest);

/* Members of it, for other reports; NULL: no memory. */
struct json_object *manifest_exclusions_object(const struct manifest *manifest);
struct json_object *manifest_layers_object(const struct manifest_layer *layers, size_t count);
void manifest_set_map(struct json_object **object, const struct manifest *manifest);

#endif
