/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_LINUX_MODULE_SIGNATURE_H
#define TEST_LINUX_MODULE_SIGNATURE_H

#include <linux/types.h>

#define MODULE_SIG_STRING "~Module signature appended~\n"
#define PKEY_ID_PKCS7 2

struct module_signature {
	u8 algo;
	u8 hash;
	u8 id_type;
	u8 signer_len;
	u8 key_id_len;
	u8 __pad[3];
	__be32 sig_len;
};

#endif
