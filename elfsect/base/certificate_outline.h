/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The elements of an X.509 certificate (RFC 5280, section 4.1): where they are, not whether they are any good. What a
 * keyring may hold, and what may be left out of a digest, others judge.
 */
#ifndef ELFSECT_BASE_CERTIFICATE_OUTLINE_H
#define ELFSECT_BASE_CERTIFICATE_OUTLINE_H

#include "base/der.h"

/**
 * struct certificate_outline - all borrowed from the certificate's bytes
 * @algorithm: of the signature, inside of what is signed; @outer_algorithm: beside the signature
 * @version: [0]; size 0 if there is none, which means version 1
 * @extensions: the SEQUENCE inside of [3]; size 0 if there are none
 * @other: the first element that is none of these: a unique identifier, or junk; size 0 if there is none
 */
struct certificate_outline {
	struct der whole;
	struct der tbs;
	struct der outer_algorithm;
	struct der signature;
	struct der version;
	struct der serial;
	struct der algorithm;
	struct der issuer;
	struct der validity;
	struct der subject;
	struct der key;
	struct der extensions;
	struct der other;
};

/**
 * certificate_outline_read() - find the elements of the certificate that @whole, a SEQUENCE, is
 *
 * Return: 0, or -EBADMSG with a reason that names no place: an element is missing, has another tag or is no DER.
 */
ELFSECT_MUST_CHECK int certificate_outline_read(const struct der *whole, struct certificate_outline *outline,
						struct elfsect_error *error);

/**
 * struct certificate_extension - one of them
 * @critical: BOOLEAN; size 0 if there is none, which means FALSE
 * @value: OCTET STRING
 */
struct certificate_extension {
	struct der oid;
	struct der critical;
	struct der value;
};

/**
 * certificate_extension_next() - read the next extension of a list, der_inside() of @extensions, that is not done
 *
 * Return: as certificate_outline_read().
 */
ELFSECT_MUST_CHECK int certificate_extension_next(struct der_reader *list, struct certificate_extension *extension,
						  struct elfsect_error *error);

#endif
