/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Private keys, told from other data: they have no business in an image, and kbuild keeps one beside its certificate.
 */
#ifndef ELFSECT_BASE_PRIVATE_KEY_H
#define ELFSECT_BASE_PRIVATE_KEY_H

#include <stdbool.h>
#include <stdint.h>

/**
 * private_key_in() - whether bytes hold a private key: a PEM block anywhere, or DER elements from the start, one behind
 * the other, with one among them; PKCS#1, PKCS#8, encrypted PKCS#8, PKCS#12, SEC 1, DSA
 */
bool private_key_in(const uint8_t *bytes, uint64_t size);

/** enum private_key_form - how a key is written */
enum private_key_form {
	PRIVATE_KEY_PEM,
	PRIVATE_KEY_PKCS1, /* RSA, and DSA as OpenSSL writes it */
	PRIVATE_KEY_SEC1,
	PRIVATE_KEY_PKCS8,
	PRIVATE_KEY_PKCS8_ENCRYPTED,
	PRIVATE_KEY_PKCS12,
	PRIVATE_KEY_FORMS,
};

/** private_key_form_name() - "PEM", "PKCS#1"...; static */
const char *private_key_form_name(enum private_key_form form);

/**
 * struct private_key_place - where in some bytes a key is
 * @start: offset of its first byte
 * @size: of DER, all of it; of PEM 0: its end was not looked for
 */
struct private_key_place {
	uint64_t start, size;
	enum private_key_form form;
};

/**
 * private_key_next() - search bytes of any kind for a private key: a PEM block with content, or a DER element that is
 * one in full; both wherever they start
 * @at: where to go on, 0 at first; receives where to search for the next
 *
 * Return: false: there is none from @at on.
 */
bool private_key_next(const uint8_t *bytes, uint64_t size, uint64_t *at, struct private_key_place *place);

#endif
