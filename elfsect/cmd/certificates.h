/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates from files and by name, for the keyring commands. */
#ifndef ELFSECT_CMD_CERTIFICATES_H
#define ELFSECT_CMD_CERTIFICATES_H

#include "elfsect_keyring.h"

/* DER certificates, one behind the other. */
struct certificates {
	uint8_t *bytes; /* owned */
	uint64_t size;
};

/*
 * Append the certificates of a file, PEM or DER, one or several; "-" is stdin. Anything else in it is trouble, as is a
 * certificate that a kernel's loader could not read. Returns an exit status.
 */
int certificates_read(struct certificates *certificates, const char *path);

/* Write one as a PEM block to stdout. Returns an exit status. */
int certificate_print_pem(const uint8_t *der, uint64_t size);

/*
 * Parse hexadecimal digits, with or without colons between bytes, in either case: as openssl, the kernel or "keyring
 * list" print them. text receives lower-case digits; room counts the zero byte. False if it is none or too long.
 */
bool certificate_parse_hex(const char *word, char *text, size_t room);

#endif
