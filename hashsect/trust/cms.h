/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The signature of a Linux module: a CMS SignedData (PKCS#7) as the kernel's sign-file makes it, and nothing beside it.
 * What else CMS allows (certificates, attributes, several signers, content of its own) is refused: a kernel refuses
 * signed attributes on modules, and the rest would be room for bytes that nobody looks at.
 */
#ifndef HASHSECT_CMS_H
#define HASHSECT_CMS_H

#include "base/signature_algorithms.h"

enum {
	CMS_KEY_ID_MAX = 64,
	CMS_SIZE_MAX = 4096,
};

/**
 * struct cms_signature - one signature; the struct der are borrowed from the bytes that were read
 * @hash: libcrypto's name: "SHA512"
 * @hash_accepted: no for SHA-1 and SHA-224: their signatures are described, and never good
 * @algorithm: for reports: "RSA with SHA512"
 * @issuer: X.501 name of the certificate's issuer; size 0 if the signer is named by key identifier
 * @serial: INTEGER
 * @key_id: [0] holding the subject key identifier; size 0 if the signer is named by issuer and serial number
 * @signature: OCTET STRING
 */
struct cms_signature {
	const char *hash;
	bool hash_accepted;
	enum key_family family;
	char algorithm[32];
	struct der issuer;
	struct der serial;
	struct der key_id;
	struct der signature;
};

/**
 * cms_read() - read the bytes of a signature, all of them
 *
 * Return: 0; -EBADMSG for what is no such signature; -ENOPKG for an algorithm that is not known, which the message
 * names. The reason names no place.
 */
ELFSECT_MUST_CHECK int cms_read(const uint8_t *bytes, uint64_t size, struct cms_signature *signature,
				struct elfsect_error *error);

/**
 * cms_verify() - whether a signature over exactly these bytes was made with the private half of a key
 *
 * Return: 0; -EKEYREJECTED if it was not; -ENOPKG if hash or key are not of a kind that is accepted; -ENOMEM.
 */
ELFSECT_MUST_CHECK int cms_verify(const struct cms_signature *signature, const uint8_t *content, uint64_t size,
				  EVP_PKEY *key, struct elfsect_error *error);

#endif
