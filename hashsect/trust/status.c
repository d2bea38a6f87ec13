// SPDX-License-Identifier: LGPL-2.1-or-later
#include "trust/status.h"

#include <errno.h>

const char *signature_status_name(enum signature_status status)
{
	static const char *const names[] = {"good", "bad", "no certificate", "unsigned", "malformed", "unsupported"};

	return names[status];
}

enum signature_status signature_status_of(int ret)
{
	switch (ret) {
	case 0:
		return SIGNATURE_GOOD;
	case -EKEYREJECTED:
		return SIGNATURE_BAD;
	case -ENOKEY:
		return SIGNATURE_NO_CERTIFICATE;
	case -ENOPKG:
		return SIGNATURE_UNSUPPORTED;
	default:
		return SIGNATURE_MALFORMED;
	}
}
