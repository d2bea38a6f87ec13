/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Attestations: in-toto statements (v1) about files, in DSSE envelopes. hashsect/ATTESTATION.md says what stands in
 * one. An envelope is read as it is written: another form of the same JSON is refused, so that no byte of it is free.
 */
#ifndef HASHSECT_REPORT_ATTESTATION_H
#define HASHSECT_REPORT_ATTESTATION_H

#include "report/attestation_form.h"
#include "report/compare.h"

#define ATTESTATION_PAYLOAD_TYPE "application/vnd.in-toto+json"

/**
 * struct attested_file - one subject
 * @name: without folders; borrowed
 * @sha256: of the file as it is shipped
 * @manifest: with the text of its policy; borrowed
 */
struct attested_file {
	const char *name;
	uint8_t sha256[32];
	const struct manifest *manifest;
};

/**
 * struct attestation_claim - what a statement says besides
 * @time: "2026-01-31T12:00:00Z"
 * @store: SHA-256 of the index of the store whose signatures were used, hexadecimal; NULL: none
 * @reference: the file that the first one was compared with; NULL: none
 * @verdict: of that
 */
struct attestation_claim {
	const char *time;
	const char *store;
	const struct attested_file *reference;
	enum verdict verdict;
};

/**
 * attestation_statement() - the text of a statement; the caller frees it; NULL: no memory
 * @format: of ATTESTATION_SVR what is said holds for each file: they have one digest, and no reference that differs
 */
char *attestation_statement(enum attestation_format format, const struct attested_file *files, size_t count,
			    const struct attestation_claim *claim);

/** attestation_envelope() - the text of an envelope with one signature; the caller frees it; NULL: no memory */
char *attestation_envelope(const char *payload, const char *key_id, const uint8_t *signature, size_t signature_size);

/** attestation_readable() - whether a text that was made is within the limits of what is read; @what it is; 0 or -EFBIG
 */
ELFSECT_MUST_CHECK int attestation_readable(const char *text, const char *what, struct elfsect_error *error);

/** struct attestation_signature - one of an envelope; owned */
struct attestation_signature {
	char *key_id;
	uint8_t *bytes;
	uint64_t size;
};

/** struct attestation - an envelope that was read; attestation_clear() releases it */
struct attestation {
	char *payload;
	uint64_t payload_size;
	struct attestation_signature *signatures;
	size_t signature_count;
	struct json_object *statement;
	enum attestation_format format;
};

/** attestation_read() - read one; nothing in it is verified; 0; -EINVAL; -EFBIG; -errno */
ELFSECT_MUST_CHECK int attestation_read(const char *path, struct attestation *attestation, struct elfsect_error *error);
void attestation_clear(struct attestation *attestation);

/** attestation_subject_count() - how many files it is about */
size_t attestation_subject_count(const struct attestation *attestation);

/** attestation_find() - the number of the next subject with these bytes, from @from on; SIZE_MAX: there is none */
size_t attestation_find(const struct attestation *attestation, const uint8_t sha256[32], size_t from);

/** attestation_digest() - the nuanced digest that it claims of a subject; borrowed; NULL: none */
const char *attestation_digest(const struct attestation *attestation, size_t subject);

/** attestation_has_reference() - whether it says how the subject compares with another file */
bool attestation_has_reference(const struct attestation *attestation);

/** attestation_store() - SHA-256 of the index of the store that it names; borrowed; NULL: none */
const char *attestation_store(const struct attestation *attestation);

/**
 * attestation_check() - whether what is claimed of a subject is so
 * @manifest: made of the file, with the text of its policy
 *
 * Return: 0; -EKEYREJECTED with the member that differs; -ENOMEM.
 */
ELFSECT_MUST_CHECK int attestation_check(const struct attestation *attestation, size_t subject,
					 const struct manifest *manifest, struct elfsect_error *error);

/**
 * attestation_check_reference() - whether what is claimed of the reference is so; there has to be one
 * @claim: the reference, and the verdict; the name may be another one
 *
 * Return: as attestation_check().
 */
ELFSECT_MUST_CHECK int attestation_check_reference(const struct attestation *attestation,
						   const struct attestation_claim *claim, struct elfsect_error *error);

#endif
