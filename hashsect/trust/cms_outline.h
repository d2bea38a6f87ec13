/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A PKCS#7 message from outside: where it ends, and what can be said of it without understanding it. To take a
 * signature off, to keep it and to put it back, nobody has to; trust/cms.h reads those that can be verified.
 */
#ifndef HASHSECT_TRUST_CMS_OUTLINE_H
#define HASHSECT_TRUST_CMS_OUTLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "elfsect.h"

enum {
	CMS_OUTLINE_SIZE_MAX = 0x40000,
	CMS_ALGORITHM_NAME_MAX = 80,
};

/**
 * struct cms_outline - what a message says that it holds; nothing of it was checked
 * @signers: their number; 0: it cannot be read
 * @hash: of the first: libcrypto's name, or the numbers of the identifier; "": it cannot be read
 * @algorithm: likewise
 * @certificates: there are some in it
 * @signed_attributes: the first signer has them
 */
struct cms_outline {
	uint64_t signers;
	char hash[CMS_ALGORITHM_NAME_MAX];
	char algorithm[CMS_ALGORITHM_NAME_MAX];
	bool certificates;
	bool signed_attributes;
};

/**
 * cms_check_outside() - one SEQUENCE that fills the bytes, of the identifier of signedData and [0]: FORMAT.md,
 * section 13, item 6c
 *
 * Return: 0; -EBADMSG and a reason that names no place.
 */
ELFSECT_MUST_CHECK int cms_check_outside(const uint8_t *bytes, uint64_t size, struct elfsect_error *error);

/** cms_outline_read() - of a message that has passed cms_check_outside(), as far as it goes */
void cms_outline_read(const uint8_t *bytes, uint64_t size, struct cms_outline *outline);

#endif
