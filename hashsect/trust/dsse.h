/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Signatures of DSSE envelopes (secure-systems-lab/dsse, protocol 1.0): what is signed is the pre-authentication
 * encoding "DSSEv1" SP length(type) SP type SP length(payload) SP payload, lengths decimal, in bytes.
 *
 * Keys: Ed25519; EC with SHA-256, whatever the curve, from 224 bits; RSA, PKCS#1 v1.5 with SHA-256, from 2048 bits:
 * those that DSSE verifiers take.
 */
#ifndef HASHSECT_TRUST_DSSE_H
#define HASHSECT_TRUST_DSSE_H

#include <openssl/evp.h>
#include <openssl/provider.h>

#include "base/hash.h"
#include "elfsect.h"

/** The most bytes of a signature: RSA-16384. */
enum { DSSE_SIGNATURE_MAX = 2048, DSSE_KEY_ID_SIZE = 2 * SHA256_SIZE + 1 };

/** struct dsse_key - a private key, and the providers that were loaded for it; all zero is none */
struct dsse_key {
	EVP_PKEY *key;
	OSSL_PROVIDER *providers[2];
};

/**
 * dsse_private_key() - load a private key; dsse_key_clear() afterwards, always
 * @where: a PEM or DER file, or a URI that a provider of OpenSSL knows, as "pkcs11:..."
 * @provider: to load beside the default one; NULL: none
 *
 * Nobody is asked for a passphrase: an encrypted key is an error.
 *
 * Return: 0; -ENOENT, -EBADMSG; -ENOPKG for a key of another kind, or a weak one.
 */
ELFSECT_MUST_CHECK int dsse_private_key(const char *where, const char *provider, struct dsse_key *key,
					struct elfsect_error *error);

void dsse_key_clear(struct dsse_key *key);

/**
 * dsse_public_key() - a public key or that of a certificate, PEM, from the bytes of a file
 *
 * Of a certificate nothing else is looked at, not its dates either. Return: 0; -EBADMSG; -ENOPKG as above.
 */
ELFSECT_MUST_CHECK int dsse_public_key(const uint8_t *bytes, uint64_t size, const char *name, EVP_PKEY **key,
				       struct elfsect_error *error);

/** dsse_key_id() - SHA-256 of the public key (SubjectPublicKeyInfo, DER), in hexadecimal; 0 or -ENOMEM */
ELFSECT_MUST_CHECK int dsse_key_id(EVP_PKEY *key, char id[DSSE_KEY_ID_SIZE]);

/**
 * dsse_sign() - sign a payload
 * @signature: room for DSSE_SIGNATURE_MAX bytes; @size receives how many they are
 *
 * Return: 0; -EIO if the key does not sign; -ENOMEM.
 */
ELFSECT_MUST_CHECK int dsse_sign(EVP_PKEY *key, const char *type, const void *payload, uint64_t payload_size,
				 uint8_t *signature, size_t *size, struct elfsect_error *error);

/** dsse_verify() - whether a signature is that of a payload; 0; -EKEYREJECTED; -ENOMEM */
ELFSECT_MUST_CHECK int dsse_verify(EVP_PKEY *key, const char *type, const void *payload, uint64_t payload_size,
				   const uint8_t *signature, size_t size, struct elfsect_error *error);

/** dsse_base64() - in memory of its own, standard alphabet with padding; NULL: no memory */
char *dsse_base64(const void *bytes, uint64_t size);

/**
 * dsse_base64_parse() - undo it; only what dsse_base64() writes is taken
 * @bytes: receives them, with a zero byte behind; the caller frees them; NULL: @text is something else, or no memory
 */
uint8_t *dsse_base64_parse(const char *text, uint64_t *size);

#endif
