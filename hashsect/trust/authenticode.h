/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The signature of a PE file: a CMS SignedData over a SpcIndirectDataContent, which holds the digest of the file
 * (Microsoft, "Windows Authenticode Portable Executable Signature Format"). Verified is what UEFI firmware takes: one
 * signer, RSA with PKCS #1 v1.5, SHA-256, SHA-384 or SHA-512, signed attributes, and a chain of the certificates in the
 * message that ends at one that was given. Dates do not count. Whatever else is in a message is described, never used.
 */
#ifndef HASHSECT_TRUST_AUTHENTICODE_H
#define HASHSECT_TRUST_AUTHENTICODE_H

#include "trust/cms.h"
#include "trust/signers.h"

enum { AUTHENTICODE_DIGEST_MAX = 64 };

/**
 * struct authenticode - one signature; the struct der are borrowed from the bytes that were read
 * @signer: who signed, and the value; @signer.hash is the one that is signed, also that of @digest
 * @file_hash: libcrypto's name of the hash of the file; of @digest
 * @digest: OCTET STRING
 * @content: what is signed: SpcIndirectDataContent
 * @certificates: [0], the embedded ones; size 0: there are none
 * @attributes: [0], the signed attributes
 * @page_hashes: the content holds hashes of pages too, which nobody checked
 * @unsigned_attributes: how many, which nobody checked; @timestamp and @nested say that these are among them
 */
struct authenticode {
	struct cms_signature signer;
	const char *file_hash;
	struct der digest;
	struct der content;
	struct der certificates;
	struct der attributes;
	bool page_hashes;
	uint64_t unsigned_attributes;
	bool timestamp;
	bool nested;
};

/**
 * authenticode_read() - read the bytes of a signature, all of them
 *
 * Return: 0; -EBADMSG for what is no such signature; -ENOPKG for an algorithm or a form that firmware does not take.
 * The reason names no place.
 */
ELFSECT_MUST_CHECK int authenticode_read(const uint8_t *bytes, uint64_t size, struct authenticode *signature,
					 struct elfsect_error *error);

/**
 * authenticode_verify() - whether somebody who was given signed this digest
 * @digest: of the file, by @signature->file_hash
 * @anchors: the certificates that are trusted: the signer's own, or that of an authority above it
 * @anchor: receives the one at the end of the chain; borrowed; NULL if there is none
 *
 * Return: 0; -EKEYREJECTED if the signature is over another file, or not by the key that it names; -ENOKEY if there is
 * no chain to a certificate that was given; -ENOPKG for a key that is not of a kind that is accepted; -ENOMEM.
 */
ELFSECT_MUST_CHECK int authenticode_verify(const struct authenticode *signature, const uint8_t *digest,
					   const struct signers *anchors, const X509 **anchor,
					   struct elfsect_error *error);

#endif
