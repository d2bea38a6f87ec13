/* SPDX-License-Identifier: GPL-2.0-or-later */
/* X.509 certificates made on the spot, good ones and ones with a chosen fault that the issuer has signed. */
#ifndef MAKE_CERTIFICATE_H
#define MAKE_CERTIFICATE_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdint.h>

/**
 * struct certificate_spec - what to make; a field that is 0 or NULL has the default
 * @curve: "P-256" and so on; NULL for RSA
 * @rsa_bits: default 2048
 * @hash: default "SHA256"
 * @subject: common name, default "Test key"
 * @issuer: default @subject, which makes it self-signed
 * @change: called before the certificate is signed
 * @context: for @change
 */
struct certificate_spec {
	const char *curve;
	unsigned int rsa_bits;
	const char *hash;
	const char *subject;
	const char *issuer;
	void (*change)(X509 *x509, void *context);
	void *context;
};

/** make_certificate() - the DER, @size bytes; the caller frees it with OPENSSL_free() */
uint8_t *make_certificate(const struct certificate_spec *spec, size_t *size);

/** make_key() - the key that make_certificate() signs with; made once a process, stays the callee's */
EVP_PKEY *make_key(const char *curve, unsigned int rsa_bits);

/** add_extension() - append an extension with this OID (dotted) and value */
void add_extension(X509 *x509, const char *oid, const uint8_t *value, size_t size);

#endif
