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

#endif
