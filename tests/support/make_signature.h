/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signatures as the kernel's sign-file makes them, and ones that it would not make. */
#ifndef MAKE_SIGNATURE_H
#define MAKE_SIGNATURE_H

#include <stdbool.h>

#include "make_certificate.h"

/**
 * struct signature_spec - what to make; a field that is 0 or NULL has the default
 * @signer: whose key and certificate, as make_certificate() makes it
 * @hash: default "SHA256"
 * @key_id: name the signer by subject key identifier
 * @flags: CMS_* to be changed: certificates, attributes
 * @streamed: indefinite lengths, which are BER
 * @signers: default 1
 *
 * ECDSA with SHA-3, which libcrypto 3.0 does not write into such messages, is put together here; then @key_id and
 * @flags do not count.
 */
struct signature_spec {
	const struct certificate_spec *signer;
	const char *hash;
	bool key_id;
	unsigned int flags;
	bool streamed;
	unsigned int signers;
};

/** make_signature() - over @content; the DER, @size bytes; the caller frees it with free() */
uint8_t *make_signature(const struct signature_spec *spec, const uint8_t *content, size_t content_size, size_t *size);

/** make_trailer() - content, data and tail as one file; the caller frees it with free() */
uint8_t *make_trailer(const uint8_t *content, size_t content_size, const uint8_t *data, size_t data_size,
		      uint8_t id_type, size_t *size);

/** make_signed() - content with its signature behind it; the caller frees it with free() */
uint8_t *make_signed(const struct signature_spec *spec, const uint8_t *content, size_t content_size, size_t *size);

#endif
