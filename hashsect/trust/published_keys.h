/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Private keys that protect nothing, since they are published: those that Linux tests its own algorithms with. */
#ifndef HASHSECT_TRUST_PUBLISHED_KEYS_H
#define HASHSECT_TRUST_PUBLISHED_KEYS_H

#include <stdint.h>

/** published_key_origin() - where a key in DER comes from: "crypto/testmgr.h of Linux"; static; NULL: it is none of
 * them */
const char *published_key_origin(const uint8_t *der, uint64_t size);

#endif
