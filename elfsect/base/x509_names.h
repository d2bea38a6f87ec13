/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names of what keys and certificates have: elliptic curves, issuers and subjects. */
#ifndef ELFSECT_BASE_X509_NAMES_H
#define ELFSECT_BASE_X509_NAMES_H

#include <openssl/x509.h>

#include "base/der.h"

/**
 * struct curve - an elliptic curve over a prime field
 * @nid: libcrypto's number
 * @name: the one that FIPS 186 gives it: "P-256"
 * @field: bytes of a coordinate
 */
struct curve {
	int nid;
	const char *name;
	unsigned int field;
};

/** curve_of_nid() - NULL if it is none of those that have a name here: P-192 and longer */
const struct curve *curve_of_nid(int nid);

/** curve_of_key() - of an EC key; @group receives libcrypto's name for its curve, "" if that has none */
const struct curve *curve_of_key(const EVP_PKEY *key, char *group, size_t room);

/**
 * x509_name_text() - in the style of RFC 2253, what a terminal could act on escaped
 *
 * What is too long ends in "...", without half a character.
 */
void x509_name_text(const X509_NAME *name, char *text, size_t room);

/** x509_name_of_der() - the same for the DER of a name; "" for what libcrypto cannot decode */
void x509_name_of_der(const struct der *der, char *text, size_t room);

#endif
