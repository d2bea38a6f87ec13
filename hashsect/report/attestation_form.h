/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The form of statements: what hashsect/attestation.schema.json asks for, of both predicates. */
#ifndef HASHSECT_REPORT_ATTESTATION_FORM_H
#define HASHSECT_REPORT_ATTESTATION_FORM_H

#include "elfsect.h"

#define ATTESTATION_VERIFIER_ID "urn:x-hashsect:verifier"

/** enum attestation_format - which predicate a statement has */
enum attestation_format { ATTESTATION_DIGEST, ATTESTATION_SVR };

struct json_object;

/**
 * attestation_form() - whether a statement has the form of the schema
 * @path: of the envelope, for messages
 *
 * Members that are not known are left alone, as in-toto wants it. Return: 0; -EINVAL, with the place.
 */
ELFSECT_MUST_CHECK int attestation_form(const char *path, struct json_object *statement, enum attestation_format format,
					struct elfsect_error *error);

#endif
