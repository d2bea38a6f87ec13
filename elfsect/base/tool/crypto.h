/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the tools use libcrypto. */
#ifndef ELFSECT_TOOL_CRYPTO_H
#define ELFSECT_TOOL_CRYPTO_H

/**
 * crypto_begin() - call it before anything else of libcrypto
 *
 * Whether a signature is valid must not depend on the policies of the machine's openssl.cnf: it is not read. And
 * libcrypto's decoders say the same of certificates that are malformed and of those for which there was no memory, so
 * that a tool that went on would call one the other: it ends with STATUS_TROUBLE when libcrypto gets no memory.
 */
void crypto_begin(void);

#endif
