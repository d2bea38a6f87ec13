/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of the keyring: it refers to the section's symbols, as the kernel's certs/system_keyring.c does. */
#include "keyring.h"
#include "trust.h"

#define DER_HEADER 4

static unsigned int certificates;

static unsigned long certificate_length(const unsigned char *der)
{
	return DER_HEADER + ((unsigned long)der[2] << 8 | der[3]);
}

unsigned int load_builtin_keyring(void)
{
	unsigned long offset = 0;

	while (offset + DER_HEADER <= system_certificate_list_size) {
		offset += certificate_length(system_certificate_list + offset);
		certificates++;
	}
	return certificates;
}

int is_trusted(unsigned int position)
{
	return module_cert_size != 0 && position < certificates;
}
