/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * X.509 certificates, judged as content of an excluded region. The rule is that of hashsect/FORMAT.md, section 7.1,
 * which elfsect_certificate_describe() knows. Whether a certificate is to be trusted is not asked here.
 */
#ifndef HASHSECT_CERTIFICATE_H
#define HASHSECT_CERTIFICATE_H

#include <stdbool.h>
#include <stdint.h>

#include "elfsect_keyring.h"

enum {
	CERTIFICATE_NAME_MAX = 512,
	CERTIFICATE_SERIAL_MAX = 20,
	CERTIFICATE_SIGNATURE_MAX = 1024,
	CERTIFICATE_LIST_MAX = 64,
};

/**
 * typedef certificate_visit - what certificate_list_check() calls for each certificate, in order, once it is accepted
 * @info: with its offset in the list; valid during the call
 * @context: the caller's
 *
 * Return: 0, or a negative errno value that ends the check and is returned by it.
 */
typedef int (*certificate_visit)(const struct elfsect_certificate *info, void *context, struct elfsect_error *error);

/**
 * certificate_check() - check the certificate that starts at @bytes
 * @room: bytes from there to the end of what may hold it
 * @where: beginning of the message, such as "FILE: section NAME, offset 0x40: certificate 2"
 * @size: receives the length of its DER
 * @info: filled if not NULL, with offset 0
 *
 * Return: 0; -EBADMSG with a message for what is no acceptable certificate; -ENOMEM.
 */
ELFSECT_MUST_CHECK int certificate_check(const uint8_t *bytes, uint64_t room, const char *where, uint64_t *size,
					 struct elfsect_certificate *info, struct elfsect_error *error);

/**
 * certificate_list_check() - check that certificates fill @size bytes, without a byte between or after them
 * @where: beginning of the message, such as "FILE: section NAME, offset 0x40"; certificates are counted from 1 in it
 * @visit: called for each certificate, or NULL
 *
 * An empty list is acceptable. Not all certificates may be acceptable when @visit is called for the first ones.
 *
 * Return: as certificate_check(), or what @visit returned.
 */
ELFSECT_MUST_CHECK int certificate_list_check(const uint8_t *bytes, uint64_t size, const char *where,
					      certificate_visit visit, void *context, struct elfsect_error *error);

#endif
