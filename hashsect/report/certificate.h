/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates in reports: for readers a line in which a name cannot pass for another field, for programs an object. */
#ifndef HASHSECT_REPORT_CERTIFICATE_H
#define HASHSECT_REPORT_CERTIFICATE_H

#include <stdio.h>

#include "base/json.h"
#include "elfsect_keyring.h"

/** certificate_print() - in one line, names in double quotes; a quote in a name has a backslash in front */
void certificate_print(FILE *out, const struct elfsect_certificate *certificate);

/** certificate_object() - with subject, issuer, serial, key, key_id, fingerprint, times, self_issued, self_signed,
 * free_bytes */
struct json_object *certificate_object(const struct elfsect_certificate *certificate);

/** certificate_take() - what certificate_object() makes of a certificate; false if @object is something else */
bool certificate_take(struct json_object *object, struct elfsect_certificate *certificate);

#endif
