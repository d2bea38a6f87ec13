/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What keyring.S defines. */
#ifndef TINY_KEYRING_H
#define TINY_KEYRING_H

extern const unsigned char system_certificate_list[];
extern const unsigned long system_certificate_list_size;
extern const unsigned long module_cert_size;

#endif
