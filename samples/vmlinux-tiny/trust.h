/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TINY_TRUST_H
#define TINY_TRUST_H

/* Take the certificates of the keyring in; returns how many. */
unsigned int load_builtin_keyring(void);

/* Does a module's signer belong to the certificate at this position of the keyring? */
int is_trusted(unsigned int position);

#endif
