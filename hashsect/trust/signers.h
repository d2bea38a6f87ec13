/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The certificates that signatures are verified against. Whoever gives them says that they are trusted; nobody asks for
 * dates. */
#ifndef HASHSECT_SIGNERS_H
#define HASHSECT_SIGNERS_H

#include <openssl/x509.h>

#include "trust/cms.h"

/** struct signers - a list of certificates; all zero is an empty one, signers_clear() releases what it owns */
struct signers {
	X509 **list;
	size_t count;
};

/**
 * signers_add() - take certificates from the bytes of a file: PEM (other blocks, such as private keys, are skipped) or
 * DER, one or several after another
 * @name: for messages
 *
 * Return: 0; -EBADMSG if there is none, or something else among them; -ENOMEM.
 */
ELFSECT_MUST_CHECK int signers_add(struct signers *signers, const uint8_t *bytes, uint64_t size, const char *name,
				   struct elfsect_error *error);

void signers_clear(struct signers *signers);

/** signers_match() - whether a signature names a certificate, by issuer and serial number or by subject key identifier
 */
bool signers_match(const struct cms_signature *signature, X509 *certificate);

/**
 * signers_next() - the next certificate that a signature names
 * @position: where to go on; starts with 0
 *
 * Return: borrowed; NULL: there is none.
 */
X509 *signers_next(const struct signers *signers, const struct cms_signature *signature, size_t *position);

#endif
